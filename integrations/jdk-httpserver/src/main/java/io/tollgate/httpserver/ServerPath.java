package io.tollgate.httpserver;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The path by which the JDK's server finds the context of a request: decoded once, case-sensitive, with segments as they are.
 */
final class ServerPath {
    private ServerPath() {}

    /** Returns the error of a request whose path does not clearly name a resource of its context; null without one. */
    static @Nullable GatewayException errorOf(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        if (uri.getRawPath() == null || isAmbiguous(uri.getRawPath(), uri.getPath())) {
            return GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
        }
        return isBelow(exchange.getHttpContext().getPath(), uri.getPath())
                ? null
                : GatewayException.of(CommonError.ROUTE_NOT_FOUND, "No route has this path.");
    }

    /**
     * Returns the path with only those characters escaped that must be, and without a slash at its end, so that a template of the
     * path matches in whatever way the client wrote it. Only for a request without {@linkplain #errorOf error}.
     */
    static String of(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        String path = uri.getRawPath().indexOf('%') < 0 ? uri.getRawPath() : escaped(uri.getPath());
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String escaped(String decoded) {
        try {
            return new URI(null, null, decoded, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("path: not absolute (expected: a slash at its start)", e);
        }
    }

    static boolean isAmbiguous(String raw, String decoded) {
        if (!raw.startsWith("/") || raw.contains("//")) {
            return true;
        }
        boolean escapes = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c > 0x7f || c == ';') {
                return true;
            }
            escapes |= c == '%';
        }
        return hasDotSegment(decoded) || (escapes && hidesAnything(raw, decoded));
    }

    private static boolean hasDotSegment(String decoded) {
        return decoded.contains("/./") || decoded.contains("/../") || decoded.endsWith("/.") || decoded.endsWith("/..");
    }

    /** Returns whether escapes hide a separator, a control character, or bytes that are not UTF-8. */
    private static boolean hidesAnything(String raw, String decoded) {
        return decoded.chars().filter(c -> c == '/').count()
                        != raw.chars().filter(c -> c == '/').count()
                || decoded.chars().anyMatch(c -> c == ';' || c == '\\' || c == '\ufffd' || Character.isISOControl(c));
    }

    /** Returns whether the path is the context's or below it. The server itself compares the first characters only. */
    static boolean isBelow(String context, String path) {
        return path.length() <= context.length() || context.endsWith("/") || path.charAt(context.length()) == '/';
    }
}
