package io.tollgate.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The path by which the container maps a request to a servlet: within the context, decoded, without parameters such as
 * {@code ;jsessionid=1}. A rule that looked at the path as the client sent it could be bypassed by another spelling.
 */
final class MappedPath {
    private static final String HEX = "0123456789ABCDEF";
    /** The characters of a path that need no escape (RFC 3986, section 3.3), and the slash. */
    private static final boolean[] PLAIN = plain();

    private MappedPath() {}

    /** Returns the path as the container decoded it; empty if the container cannot decode it. */
    static Optional<String> decoded(HttpServletRequest request) {
        try {
            String servletPath = request.getServletPath();
            String pathInfo = request.getPathInfo();
            return Optional.of(pathInfo == null ? servletPath : servletPath + pathInfo);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Jetty, if it accepts the URI, and it has an encoded slash or the like.
        }
    }

    /**
     * Returns the path percent-encoded, as {@link io.tollgate.api.guard.RouteRules} read it.
     *
     * @throws GatewayException of {@code INVALID_REQUEST} if the servlet might take it for another path
     */
    static String of(HttpServletRequest request) {
        String path = decoded(request).orElseThrow(MappedPath::ambiguous);
        if (path.isEmpty()) {
            return "/";
        }
        if (hasOddSegment(path)) {
            throw ambiguous();
        }
        for (int i = 0; i < path.length(); i++) {
            if (!isPlain(path.charAt(i))) {
                return encoded(path, i);
            }
        }
        return path;
    }

    /** Returns whether a segment is a dot, two dots or empty, unless the last is empty. */
    private static boolean hasOddSegment(String path) {
        int start = path.charAt(0) == '/' ? 1 : 0;
        while (start < path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            int length = end - start;
            if (length == 0 || (length <= 2 && path.charAt(start) == '.' && path.charAt(end - 1) == '.')) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static String encoded(String path, int from) {
        StringBuilder encoded = new StringBuilder(path.length() + 16).append(path, 0, from);
        for (byte b : path.substring(from).getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            if (isPlain(c)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(char c) {
        return c < PLAIN.length && PLAIN[c];
    }

    private static boolean[] plain() {
        boolean[] plain = new boolean[128];
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"
                .chars()
                .forEach(c -> plain[c] = true);
        return plain;
    }

    static GatewayException ambiguous() {
        return GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
    }
}
