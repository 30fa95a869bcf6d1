package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the framing of a request, where Undertow's parser accepts more than RFC 9112 does, and reads its target. */
final class Framing {
    /** Digits that cannot overflow: Undertow counts on without noticing. */
    private static final int MAX_LENGTH_DIGITS = 18;

    private Framing() {}

    /** Returns the fault of a request; null if it has none. After a fault, the beginning of the next request is unknown. */
    static @Nullable GatewayException fault(HttpServerExchange exchange, Http1Connection connection) {
        if (!connection.hasSupportedVersion(exchange)) {
            return Rejections.version();
        }
        HeaderValues encoding = exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING);
        if (encoding != null) {
            // Undertow takes any encoding for chunked (RFC 9112, section 6.1).
            if (!encoding.getFirst().equalsIgnoreCase("chunked")) {
                return Rejections.invalid("The only supported Transfer-Encoding is chunked.");
            }
            if (!exchange.isHttp11()) {
                return Rejections.invalid("Transfer-Encoding needs HTTP/1.1.");
            }
        }
        String length = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        if (length != null && length.length() > MAX_LENGTH_DIGITS) {
            return Rejections.invalid("The Content-Length is not a length.");
        }
        return null;
    }

    /** Returns whether the body comes in chunks. */
    static boolean isChunked(HttpServerExchange exchange) {
        return exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING);
    }

    /** Returns the path as the client sent it: without the query, and without the host of an absolute target (section 3.2.2). */
    static String path(HttpServerExchange exchange) {
        String target = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return target;
        }
        int authority = target.indexOf("//");
        int path = authority < 0 ? -1 : target.indexOf('/', authority + 2);
        return path < 0 ? "/" : target.substring(path);
    }

    /** Returns the query as the client sent it; empty without one. */
    static Optional<String> query(HttpServerExchange exchange) {
        String query = exchange.getQueryString();
        return query.isEmpty() ? Optional.empty() : Optional.of(query);
    }
}
