package io.tollgate.api.http;

import java.util.concurrent.CompletionStage;

/**
 * Responds to requests:
 *
 * <pre>{@code
 * HttpEndpoint hello = request -> CompletableFuture.completedStage(
 *         HttpResponse.of(200, "text/plain; charset=utf-8", "Hello\n".getBytes(UTF_8)));
 * }</pre>
 *
 * <p>Called on a thread of the server, by many threads at once, and must not block.
 */
@FunctionalInterface
public interface HttpEndpoint {
    /**
     * Responds to a request.
     *
     * @return the response, completed on any thread; an {@link ErrorRenderer} of the server renders a failure
     */
    CompletionStage<HttpResponse> handle(HttpRequest request);
}
