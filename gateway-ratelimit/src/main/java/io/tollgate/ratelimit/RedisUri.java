package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Redis as {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss://...} with TLS. A message
 * about a wrong URI names the part and never its value, since a misplaced password may be anywhere.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 */
record RedisUri(
        boolean tls, @Nullable String username, @Nullable String password, String host, int port, int database) {
    private static final int DEFAULT_PORT = 6379;
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\[(?<ipv6>[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)]|(?<name>[A-Za-z0-9_.-]+))(?::(?<port>.*))?");

    static RedisUri parse(String uri) {
        int colon = uri.indexOf("://");
        boolean tls = uri.regionMatches(true, 0, "rediss://", 0, 9);
        if (!tls && !uri.regionMatches(true, 0, "redis://", 0, 8)) {
            throw wrong("scheme", "redis:// or rediss://", null);
        }
        String rest = uri.substring(colon + 3);
        int end = indexOfAny(rest, "/?#");
        String authority = rest.substring(0, end);
        String path = rest.substring(end);
        if (path.indexOf('@') >= 0) {
            throw wrong("user and password", "the characters / ? # @ and % percent-encoded", null);
        }
        int at = authority.lastIndexOf('@');
        String userInfo = at < 0 ? "" : authority.substring(0, at);
        int separator = userInfo.indexOf(':');
        if (userInfo.indexOf('@') >= 0) {
            throw wrong("user and password", "the characters / ? # @ and % percent-encoded", null);
        }
        if (at >= 0 && (separator < 0 || separator == userInfo.length() - 1)) {
            throw wrong("password", "user:password@ or :password@", null);
        }
        String host = authority.substring(at + 1);
        if (host.indexOf(',') >= 0) {
            throw wrong("host", "one; sentinel(...) and cluster(...) of the builder take several", null);
        }
        Matcher address = ADDRESS.matcher(host);
        if (!address.matches()) {
            throw wrong("host", "a name, an IPv4 address, or an IPv6 address in brackets", null);
        }
        return new RedisUri(
                tls,
                separator > 0 ? decoded(userInfo.substring(0, separator)) : null,
                at < 0 ? null : decoded(userInfo.substring(separator + 1)),
                address.group("ipv6") == null ? address.group("name") : address.group("ipv6"),
                address.group("port") == null ? DEFAULT_PORT : number("port", address.group("port"), 1, 65_535),
                path.isEmpty() || path.equals("/") ? 0 : database(path));
    }

    private static int database(String path) {
        if (path.charAt(0) != '/' || indexOfAny(path, "?#") < path.length()) {
            throw wrong("query or fragment", "none", null);
        }
        return number("database", path.substring(1), 0, Integer.MAX_VALUE);
    }

    private static int number(String part, String digits, int least, int most) {
        try {
            int number = Integer.parseInt(digits);
            if (number >= least && number <= most && Character.isDigit(digits.charAt(0))) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message of this exception has the digits, which may be a password.
        }
        throw wrong(part, "a number from " + least + " to " + most, null);
    }

    private static int indexOfAny(String text, String characters) {
        int index = 0;
        while (index < text.length() && characters.indexOf(text.charAt(index)) < 0) {
            index++;
        }
        return index;
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes.write(hexadecimal(text, i + 1) * 16 + hexadecimal(text, i + 2));
                i += 2;
            } else {
                int codePoint = text.codePointAt(i);
                bytes.writeBytes(Character.toString(codePoint).getBytes(UTF_8));
                i += Character.charCount(codePoint) - 1;
            }
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw wrong("user and password", "percent-encoded UTF-8", e);
        }
    }

    private static int hexadecimal(String text, int index) {
        int digit = index < text.length() ? Character.digit(text.charAt(index), 16) : -1;
        if (digit < 0) {
            throw wrong("user and password", "two hexadecimal digits after every %", null);
        }
        return digit;
    }

    private static IllegalArgumentException wrong(String part, String expected, @Nullable Exception cause) {
        return new IllegalArgumentException("uri: wrong " + part + " (expected: " + expected + ")", cause);
    }

    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://") + host + ":" + port + "/" + database;
    }
}
