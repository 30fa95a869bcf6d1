package io.tollgate.undertow;

import io.undertow.util.ParserUtils;

/** The names and values of headers as they may be written (RFC 9110, section 5), in any version of HTTP. */
final class HeaderText {
    private static final char LAST = 0xff;

    private HeaderText() {}

    /** Returns whether a text is a token, as names are. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7f || !ParserUtils.isTokenChar((byte) c)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /**
     * Returns {@code name}.
     *
     * @throws IllegalArgumentException if it is no token: it could end its line, or be taken for a field of the protocol
     */
    static String name(String name) {
        if (!isToken(name)) {
            throw new IllegalArgumentException("header name: \"" + value(name) + "\" (expected: a token of RFC 9110)");
        }
        return name;
    }

    /** Returns a value with each character as {@link #octet} has it; the same one if that changes nothing. */
    static String value(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (octet(value.charAt(i)) != value.charAt(i)) {
                return replaced(value, i);
            }
        }
        return value;
    }

    private static String replaced(String value, int from) {
        char[] octets = value.toCharArray();
        for (int i = from; i < octets.length; i++) {
            octets[i] = octet(octets[i]);
        }
        return new String(octets);
    }

    /** Returns the octet for a character of a value: a space in the place of what would end it, and {@code ?} of what has none. */
    static char octet(char c) {
        if (c > LAST) {
            return '?';
        }
        return c == '\r' || c == '\n' || c == 0 ? ' ' : c;
    }
}
