package io.tollgate.grpc.transcoding.json;

/** The escapes in strings of JSON (RFC 8259, section 7). */
final class Escapes {
    private static final int HEX_DIGITS = 4;

    private Escapes() {}

    /** Returns the value of four hexadecimal digits; negative if there is something else. */
    static int hex(byte[] json, int at, int end) {
        if (end - at < HEX_DIGITS) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + HEX_DIGITS; i++) {
            value = value << 4 | Character.digit(json[i], 16);
        }
        // The -1 of what is no digit stays on top.
        return value;
    }

    /** Returns whether the second half of a pair stands here, as an escape. */
    static boolean isLowSurrogate(byte[] json, int at, int end) {
        if (end - at < 2 || json[at] != '\\' || json[at + 1] != 'u') {
            return false;
        }
        int unit = hex(json, at + 2, end);
        return unit >= 0 && Character.isLowSurrogate((char) unit);
    }

    /** Writes a string, whose escapes were checked, as text in UTF-8. */
    static void undo(byte[] json, int from, int to, byte[] target, int at) {
        int out = at;
        int i = from;
        while (i < to) {
            if (json[i] != '\\') {
                target[out++] = json[i++];
                continue;
            }
            byte kind = json[i + 1];
            i += 2;
            if (kind != 'u') {
                target[out++] = undone(kind);
                continue;
            }
            int codePoint = hex(json, i, to);
            i += HEX_DIGITS;
            if (Character.isHighSurrogate((char) codePoint) && isLowSurrogate(json, i, to)) {
                codePoint = Character.toCodePoint((char) codePoint, (char) hex(json, i + 2, to));
                i += 2 + HEX_DIGITS;
            }
            out = Utf8.write(codePoint, target, out);
        }
    }

    private static byte undone(byte kind) {
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }
}
