package io.tollgate.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.CallContext;
import java.util.List;
import java.util.UUID;

/** Keeps the request id of the client if it is valid, else makes a random one. */
final class RequestIds {
    private static final String HEADER = "X-Request-ID";

    private RequestIds() {}

    static String of(Headers request) {
        List<String> given = request.get(HEADER);
        return given != null && given.size() == 1 && CallContext.isRequestId(given.get(0))
                ? given.get(0)
                : UUID.randomUUID().toString();
    }

    static void set(HttpExchange exchange, String requestId) {
        exchange.getResponseHeaders().set(HEADER, requestId);
    }
}
