package io.tollgate.grpc.transcoding;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Decodes percent-encoding (RFC 3986, section 2.1) of UTF-8, strictly. */
final class Percent {
    private Percent() {}

    /** Returns whether there are two hexadecimal digits after the percent sign at {@code percent}. */
    static boolean isEscape(String text, int percent) {
        return percent + 2 < text.length()
                && HexFormat.isHexDigit(text.charAt(percent + 1))
                && HexFormat.isHexDigit(text.charAt(percent + 2));
    }

    /** Returns a segment of a path, decoded entirely; null if it is malformed. */
    static @Nullable String segment(String text) {
        return decode(text, 0, text.length(), false, false);
    }

    /** Returns a name or a value of a query, in which {@code +} is a space; null if it is malformed. */
    static @Nullable String query(String text, int from, int to) {
        return decode(text, from, to, true, false);
    }

    /** Returns several segments of a path, decoded but for {@code %2F} and {@code %2f}; null if they are malformed. */
    static @Nullable String segments(String text) {
        return decode(text, 0, text.length(), false, true);
    }

    private static @Nullable String decode(String text, int from, int to, boolean plusIsSpace, boolean keepSlash) {
        int i = from;
        while (i < to && isPlain(text.charAt(i), plusIsSpace)) {
            i++;
        }
        if (i == to) {
            return text.substring(from, to);
        }
        byte[] bytes = new byte[to - from];
        int length = 0;
        for (i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c > 0x7f) {
                return null; // Not of a request target; and one byte of it could be any character.
            } else if (c != '%') {
                bytes[length++] = (byte) (plusIsSpace && c == '+' ? ' ' : c);
            } else if (i + 2 >= to || !isEscape(text, i)) {
                return null;
            } else {
                int decoded = HexFormat.fromHexDigits(text, i + 1, i + 3);
                if (keepSlash && decoded == '/') {
                    bytes[length++] = '%';
                    bytes[length++] = '2';
                    bytes[length++] = (byte) text.charAt(i + 2);
                } else {
                    bytes[length++] = (byte) decoded;
                }
                i += 2;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isPlain(char c, boolean plusIsSpace) {
        return c != '%' && c <= 0x7f && !(plusIsSpace && c == '+');
    }
}
