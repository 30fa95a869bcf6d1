package io.tollgate.api.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Reads one hop of {@code Forwarded} or {@code X-Forwarded-For}. Returns null for a hop that names no address. */
final class ForwardedFor {
    private ForwardedFor() {}

    /** The {@code for} of one forwarded-element (RFC 7239, section 4): pairs, separated by semicolons. */
    static @Nullable InetAddress standard(String element) {
        String node = null;
        int at = 0;
        while (at < element.length()) {
            int equals = element.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            String name = element.substring(at, equals).strip();
            int end = valueEnd(element, equals + 1);
            if (end < 0) {
                return null;
            }
            if (name.equalsIgnoreCase("for")) {
                if (node != null) {
                    return null;
                }
                node = value(element.substring(equals + 1, end).strip());
                if (node == null) {
                    return null;
                }
            }
            at = end + 1;
        }
        return node == null ? null : node(node);
    }

    /**
     * An address, with or without a port: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1},
     * {@code [2001:db8::1]:80}. Obfuscated and unknown nodes (RFC 7239, section 6.3) are none.
     */
    static @Nullable InetAddress node(String node) {
        String address = node;
        String port = "";
        if (node.startsWith("[")) {
            int close = node.indexOf(']');
            if (close < 0 || node.indexOf(':') < 0) {
                return null;
            }
            address = node.substring(1, close);
            port = node.substring(close + 1);
        } else {
            int colon = node.indexOf(':');
            if (colon >= 0 && node.indexOf(':', colon + 1) < 0) {
                address = node.substring(0, colon);
                port = node.substring(colon);
            }
        }
        return port.isEmpty() || isPort(port)
                ? AddressRange.parseAddress(address).orElse(null)
                : null;
    }

    /** The semicolon that ends the value starting at {@code from}, or the end; -1 where a quote stays open. */
    private static int valueEnd(String element, int from) {
        boolean quoted = false;
        for (int i = from; i < element.length(); i++) {
            char c = element.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return quoted ? -1 : element.length();
    }

    /** A token as it is, a quoted string without its quotes (RFC 9110, section 5.6), or null for neither. */
    private static @Nullable String value(String raw) {
        if (!raw.startsWith("\"")) {
            return isToken(raw) ? raw : null;
        }
        if (raw.length() < 2 || !raw.endsWith("\"")) {
            return null;
        }
        StringBuilder text = new StringBuilder(raw.length());
        for (int i = 1; i < raw.length() - 1; i++) {
            char c = raw.charAt(i);
            if (c == '"') {
                return null;
            }
            text.append(c == '\\' && i + 1 < raw.length() - 1 ? raw.charAt(++i) : c);
        }
        return text.toString();
    }

    private static boolean isToken(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c <= ' ' || c > '~' || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return !s.isEmpty();
    }

    /** A colon and one to five digits, or an obfuscated port. */
    private static boolean isPort(String s) {
        if (s.length() < 2 || s.charAt(0) != ':') {
            return false;
        }
        if (s.charAt(1) == '_') {
            return s.length() > 2;
        }
        for (int i = 1; i < s.length(); i++) {
            if (s.charAt(i) < '0' || s.charAt(i) > '9') {
                return false;
            }
        }
        return s.length() <= 6;
    }
}
