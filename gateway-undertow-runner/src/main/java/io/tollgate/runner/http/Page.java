package io.tollgate.runner.http;

import io.tollgate.api.http.HttpEndpoint;

/** A page of the public port, at a fixed path; responds to {@code GET} and {@code HEAD}. */
public record Page(String path, Endpoint endpoint) {
    /** Returns a page with the responses of an endpoint that knows nothing of the gateway. */
    public static Page of(String path, HttpEndpoint endpoint) {
        return new Page(path, endpoint::handle);
    }
}
