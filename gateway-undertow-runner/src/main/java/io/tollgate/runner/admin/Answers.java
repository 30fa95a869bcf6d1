package io.tollgate.runner.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Writes what the operators' port answers. */
final class Answers {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Scripts and styles come from this port and nowhere else; no other page may embed, read or be told of this one. */
    private static final Map<HttpString, String> SECURITY = Map.of(
            new HttpString("Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'",
            new HttpString("X-Content-Type-Options"),
            "nosniff",
            new HttpString("X-Frame-Options"),
            "DENY",
            new HttpString("Referrer-Policy"),
            "no-referrer",
            new HttpString("Cross-Origin-Opener-Policy"),
            "same-origin",
            new HttpString("Cross-Origin-Resource-Policy"),
            "same-origin",
            new HttpString("Permissions-Policy"),
            "camera=(), geolocation=(), microphone=()",
            Headers.CACHE_CONTROL,
            "no-store");

    private Answers() {}

    /** The headers that every answer has. */
    static void secure(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getResponseHeaders();
        SECURITY.forEach(headers::put);
    }

    static void json(HttpServerExchange exchange, int status, Map<String, ?> object) {
        try {
            send(exchange, status, "application/json", JSON.writeValueAsBytes(object));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void error(HttpServerExchange exchange, ErrorCode code, String message) {
        error(exchange, GatewayException.of(code, message));
    }

    /** The contract's envelope. */
    static void error(HttpServerExchange exchange, GatewayException error) {
        error.headers()
                .forEach((name, value) -> exchange.getResponseHeaders().put(HttpString.tryFromString(name), value));
        json(exchange, error.code().httpStatus(), error.body());
    }

    /** Sends and ends; to a {@code HEAD} the headers alone. */
    static void send(HttpServerExchange exchange, int status, String type, byte[] body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.setResponseContentLength(body.length);
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.endExchange();
        } else {
            exchange.getResponseSender().send(ByteBuffer.wrap(body));
        }
    }
}
