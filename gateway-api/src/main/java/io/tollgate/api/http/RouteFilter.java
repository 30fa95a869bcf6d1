package io.tollgate.api.http;

import java.util.concurrent.CompletionStage;

/**
 * Stands before the endpoints of all routes: may respond in their place, and may change their responses. The response time in a
 * header:
 *
 * <pre>{@code
 * RouteFilter timing = (request, next) -> {
 *     long start = System.nanoTime();
 *     return next.handle(request).thenApply(response ->
 *             response.withHeader("Server-Timing", "app;dur=" + (System.nanoTime() - start) / 1e6));
 * };
 * }</pre>
 *
 * <p>Called on a thread of the server, by many threads at once, and must not block.
 */
@FunctionalInterface
public interface RouteFilter {
    /**
     * Responds to a request, or has {@code next} do it.
     *
     * @param next takes the request that was given, and no other
     * @return the response, completed on any thread; a failure is rendered as {@link ErrorRenderer} does
     */
    CompletionStage<HttpResponse> apply(RoutedRequest request, RouteEndpoint next);
}
