package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;

/** Makes responses, and writes them to the JDK's exchange. */
final class Responses {
    private Responses() {}

    static HttpResponse text(String text) {
        return HttpResponse.of(200, "text/plain; charset=utf-8", (text + "\n").getBytes(UTF_8));
    }

    static void write(HttpExchange exchange, HttpResponse response) throws IOException {
        response.forEachHeader(exchange.getResponseHeaders()::set);
        int length = response.bytes().length;
        exchange.sendResponseHeaders(response.status(), length == 0 ? -1 : length);
        exchange.getResponseBody().write(response.bytes());
        exchange.close();
    }
}
