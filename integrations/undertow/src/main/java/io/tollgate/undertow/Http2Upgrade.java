package io.tollgate.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The upgrade of a connection from HTTP/1.1 to HTTP/2 without TLS (RFC 7540, section 3.2). A request that asks for it with a body
 * is served in HTTP/1.1, which it must expect. So is one that comes from a trusted proxy: a proxy that passes the upgrade of a
 * client on would let it send requests past the proxy, and in its name.
 */
final class Http2Upgrade {
    private static final HttpString SETTINGS = new HttpString("HTTP2-Settings");
    private static final int SETTING_SIZE = 6;

    private Http2Upgrade() {}

    /** Upgrades the connection of an exchange if the client asks for it; returns whether it does. */
    static boolean tryUpgrade(HttpServerExchange exchange, Server server) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (!headers.contains(SETTINGS)) {
            return false;
        }
        Http1Connection http1 = Http1Connection.of(exchange);
        ByteBuffer settings = settings(headers);
        if (settings == null
                || !exchange.isRequestComplete()
                || !exchange.isHttp11()
                || Framing.fault(exchange, http1) != null
                || http1.guarded().isSecure()
                || server.connections().isDraining()
                || server.settings().occupants().source(http1.peer()) == null) {
            return false;
        }
        Http2Head head = head(exchange, server);
        http1.beginExchange();
        exchange.upgradeChannel("h2c", (connection, same) -> {
            http1.leave((HttpServerConnection) same.getConnection());
            Http2Connection.upgrade(http1.guarded(), server, head, settings);
        });
        return true;
    }

    private static @Nullable ByteBuffer settings(HeaderMap headers) {
        HeaderValues values = headers.get(SETTINGS);
        if (values == null
                || values.size() != 1
                || !names(headers.get(Headers.UPGRADE), "h2c")
                || !names(headers.get(Headers.CONNECTION), "upgrade")
                || !names(headers.get(Headers.CONNECTION), "http2-settings")) {
            return null;
        }
        try {
            byte[] settings = Base64.getUrlDecoder().decode(values.getFirst());
            return settings.length % SETTING_SIZE == 0 ? ByteBuffer.wrap(settings) : null;
        } catch (IllegalArgumentException e) {
            return null; // Not an upgrade, then.
        }
    }

    private static boolean names(@Nullable List<String> values, String token) {
        return values != null
                && values.stream()
                        .flatMap(value -> List.of(value.split(",", -1)).stream())
                        .anyMatch(value -> value.trim().toLowerCase(Locale.ROOT).equals(token));
    }

    private static Http2Head head(HttpServerExchange exchange, Server server) {
        String query = exchange.getQueryString();
        Http2Head head = Http2Head.upgraded(
                server.settings().heads(),
                exchange.getRequestMethod().toString(),
                Framing.path(exchange) + (query.isEmpty() ? "" : "?" + query));
        for (HeaderValues values : exchange.getRequestHeaders()) {
            HttpString name = values.getHeaderName();
            if (!name.equals(SETTINGS) && !name.equals(Headers.UPGRADE) && !name.equals(Headers.CONNECTION)) {
                values.forEach(value -> head.addUpgraded(name.toString(), value));
            }
        }
        return head;
    }
}
