package io.tollgate.httpserver;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;

/** Writes responses of {@code gateway-api} to an exchange. */
final class Responses {
    private Responses() {}

    static void write(HttpExchange exchange, HttpResponse response) throws IOException {
        response.forEachHeader(exchange.getResponseHeaders()::set);
        int length = response.bytes().length;
        if (!mayHaveBody(exchange, response)) {
            if (length > 0 && exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
            }
            exchange.sendResponseHeaders(response.status(), -1);
        } else if (length == 0 && response.stream().isEmpty()) {
            exchange.sendResponseHeaders(response.status(), -1);
        } else {
            exchange.sendResponseHeaders(response.status(), length); // 0 for a stream, in chunks.
            response.writeTo(exchange.getResponseBody());
            // Rather than the exchange, which closes the connection of a request whose body nobody read.
            exchange.getResponseBody().close();
        }
    }

    private static boolean mayHaveBody(HttpExchange exchange, HttpResponse response) {
        return !exchange.getRequestMethod().equals("HEAD") && response.status() != 204 && response.status() != 304;
    }
}
