package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Makes paths comparable. */
final class Paths {
    private Paths() {}

    /**
     * The path with every escape undone that escapes a character which needs none (RFC 3986, section 6.2.2.2): such paths
     * are the same. All other escapes stay, so that an encoded slash never becomes a separator.
     */
    static String normalize(String path) {
        int percent = path.indexOf('%');
        if (percent < 0) {
            return path;
        }
        StringBuilder normal = new StringBuilder(path.length()).append(path, 0, percent);
        for (int i = percent; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && i + 2 < path.length()) {
                int high = Character.digit(path.charAt(i + 1), 16);
                int low = Character.digit(path.charAt(i + 2), 16);
                char escaped = (char) ((high << 4) | low);
                if (high >= 0 && low >= 0 && isUnreserved(escaped)) {
                    normal.append(escaped);
                    i += 2;
                    continue;
                }
            }
            normal.append(c);
        }
        return normal.toString();
    }

    /** Returns a segment percent-decoded; fails with {@code INVALID_REQUEST} if it is not percent-encoded UTF-8. */
    static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(segment.charAt(i + 2), 16);
            if (low < 0) {
                throw undecodable();
            }
            bytes.write((high << 4) | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw undecodable();
        }
    }

    private static GatewayException undecodable() {
        return GatewayException.of(CommonError.INVALID_REQUEST, "A segment of the path is not percent-encoded UTF-8.");
    }

    /** RFC 3986, section 2.3. */
    static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
