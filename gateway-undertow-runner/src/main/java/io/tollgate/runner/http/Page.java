package io.tollgate.runner.http;

import io.tollgate.api.http.HttpEndpoint;

/** A page of the public port, at a fixed path; responds to {@code GET} and {@code HEAD}. */
public record Page(String path, Endpoint endpoint) {
    /** Returns a page with the responses of an endpoint that knows nothing of the gateway. */
    public static Page of(String path, HttpEndpoint endpoint) {
        return new Page(
                path,
                request -> endpoint.handle(request).thenApply(response -> {
                    // A list: CORS adds to it too.
                    response.header("Vary")
                            .ifPresent(names -> request.exchange().oweAlso("Vary", names));
                    return response;
                }));
    }
}
