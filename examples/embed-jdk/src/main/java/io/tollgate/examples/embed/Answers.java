package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.GatewayException;
import java.io.IOException;

/** Writes answers to the JDK's exchange. */
final class Answers {
    private Answers() {}

    static void text(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** The status, the headers that the error owes, and its message; a JSON library would write {@code error.body()}. */
    static void error(HttpExchange exchange, GatewayException error) throws IOException {
        error.headers().forEach(exchange.getResponseHeaders()::set);
        text(exchange, error.code().httpStatus(), error.code() + ": " + error.getMessage() + "\n");
    }
}
