package io.tollgate.operations;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One page, or a family of pages whose paths begin alike.
 *
 * @param path the whole path; or, ending in {@code /}, the beginning of longer ones
 * @param methods in upper case
 */
record Page(String path, List<String> methods, Audience audience, Handler handler) {
    private static final List<String> READING = List.of("GET", "HEAD");

    /** Responds to the requests of a page. A {@link io.tollgate.api.GatewayException} becomes an error response. */
    @FunctionalInterface
    interface Handler {
        /**
         * Responds to a request, without blocking.
         *
         * @param rest the part of the path after that of the page
         */
        CompletionStage<HttpResponse> handle(HttpRequest request, String rest);
    }

    /** Returns a page to read. */
    static Page get(String path, Audience audience, Handler handler) {
        return new Page(path, READING, audience, handler);
    }

    boolean matches(String requested) {
        boolean isBeginning = path.length() > 1 && path.endsWith("/");
        return isBeginning ? requested.startsWith(path) && requested.length() > path.length() : requested.equals(path);
    }
}
