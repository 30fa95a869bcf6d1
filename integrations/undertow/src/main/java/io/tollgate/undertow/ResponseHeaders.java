package io.tollgate.undertow;

import io.tollgate.api.http.HttpResponse;
import io.undertow.util.HeaderMap;

/** Writes the headers of a response, and over them those that it has in any case. */
final class ResponseHeaders {
    private ResponseHeaders() {}

    static void write(HttpResponse response, ServerExchange application, HeaderMap headers) {
        headers.put(HeaderNames.CONTENT_TYPE_OPTIONS, "nosniff");
        response.forEachHeader((name, value) -> headers.put(HeaderNames.of(name), value));
        application.forEachHeader((name, value) ->
                headers.put(HeaderNames.of(name), name.equals("Vary") ? varying(value, response) : value));
    }

    /** Returns the names by which a response varies in any case, and then its own: a list that both add to. */
    private static String varying(String names, HttpResponse response) {
        return response.header("Vary").map(own -> names + ", " + own).orElse(names);
    }
}
