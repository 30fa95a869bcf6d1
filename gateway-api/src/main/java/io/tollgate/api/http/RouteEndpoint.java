package io.tollgate.api.http;

import java.util.concurrent.CompletionStage;

/**
 * Responds to the requests of a route, which have passed authentication and rate limits:
 *
 * <pre>{@code
 * RouteEndpoint quota = request -> quotas
 *         .of(request.pathParameter("tenant"), request.context())
 *         .thenApply(left -> HttpResponse.json(200, toJson(left)));
 * }</pre>
 *
 * <p>Called on a thread of the server, by many threads at once, and must not block.
 */
@FunctionalInterface
public interface RouteEndpoint {
    /**
     * Responds to a request.
     *
     * @return the response, completed on any thread; a failure is rendered as {@link ErrorRenderer} does
     */
    CompletionStage<HttpResponse> handle(RoutedRequest request);
}
