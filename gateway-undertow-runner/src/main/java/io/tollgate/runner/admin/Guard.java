package io.tollgate.runner.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.config.Secret;
import io.tollgate.runner.config.GatewayConfig;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who may see what. */
final class Guard {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private final boolean onLoopback;
    private final Optional<Secret> token;
    private final Set<String> hosts = new TreeSet<>();

    /** What is asked of a request. */
    enum Access {
        /** Nothing: probes and scrapers come by any name, and learn nothing that is worth hiding. */
        OPEN,
        /** A name of this port: the page itself is the same everywhere and asks for a token by itself. */
        PAGE,
        /** A name of this port, and a token where there is one. */
        OPERATOR
    }

    Guard(GatewayConfig.Admin config) {
        this.onLoopback = config.onLoopback();
        this.token = config.token();
        config.allowedHosts().forEach(host -> hosts.add(normal(host)));
        if (!WILDCARDS.contains(config.host())) {
            hosts.add(normal(config.host()));
        }
    }

    /** Returns for a request that may pass. */
    void check(HttpServerExchange exchange, Access access) throws GatewayException {
        if (access == Access.OPEN) {
            return;
        }
        host(exchange);
        if (!onLoopback && token.isEmpty()) {
            throw GatewayException.of(
                    CommonError.PERMISSION_DENIED,
                    "This port can be reached from other machines and has no token: only /health and /metrics are answered."
                            + " Set server.admin.token (SERVER_ADMIN_TOKEN), or server.admin.host to 127.0.0.1.");
        }
        if (access == Access.OPERATOR && token.isPresent()) {
            token(exchange, token.get());
        }
    }

    /** A write comes from a page of this very port, or from no page. */
    void checkOrigin(HttpServerExchange exchange) throws GatewayException {
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        boolean same = origin == null
                || origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
        if (!same || "cross-site".equals(exchange.getRequestHeaders().getFirst("Sec-Fetch-Site"))) {
            throw GatewayException.of(CommonError.PERMISSION_DENIED, "Pages of other origins may not change anything.");
        }
    }

    /** Keeps a page that had its name resolved to this machine (DNS rebinding) from reading what is here. */
    private void host(HttpServerExchange exchange) throws GatewayException {
        HeaderValues given = exchange.getRequestHeaders().get(Headers.HOST);
        if (given == null || given.size() != 1 || !hosts.contains(normal(withoutPort(given.getFirst())))) {
            throw GatewayException.of(
                    CommonError.PERMISSION_DENIED,
                    "This port is not answered for by that host name. Those that are: " + String.join(", ", hosts)
                            + ". More can be named in server.admin.allowed_hosts (SERVER_ADMIN_ALLOWED_HOSTS).");
        }
    }

    private static void token(HttpServerExchange exchange, Secret token) throws GatewayException {
        HeaderValues given = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        if (given == null) {
            throw unauthenticated(
                    CommonError.MISSING_TOKEN, "Send the token: Authorization: Bearer <server.admin.token>.");
        }
        @Nullable String credentials = given.size() == 1 ? bearer(given.getFirst()) : null;
        if (credentials == null) {
            throw unauthenticated(
                    CommonError.INVALID_TOKEN_FORMAT, "Expected: Authorization: Bearer <server.admin.token>.");
        }
        // Of digests, so that not even the length is told by the time this takes.
        if (!MessageDigest.isEqual(sha256(credentials.getBytes(UTF_8)), sha256(token.bytes()))) {
            throw unauthenticated(CommonError.INVALID_TOKEN, "That is not the token of server.admin.token.");
        }
    }

    private static GatewayException unauthenticated(ErrorCode code, String message) {
        return GatewayException.builder(code, message)
                .header("WWW-Authenticate", "Bearer realm=\"tollgate admin\"")
                .build();
    }

    private static @Nullable String bearer(String header) {
        return header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : null;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? host : host.substring(1, end);
        }
        int colon = host.indexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static String normal(String host) {
        return host.toLowerCase(Locale.ROOT);
    }
}
