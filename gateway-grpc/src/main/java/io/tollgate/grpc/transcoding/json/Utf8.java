package io.tollgate.grpc.transcoding.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Steps over text in UTF-8, eight bytes at a time where it is plain. */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long SPACES = ' ' * ONES;
    private static final long QUOTES = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;

    private Utf8() {}

    /**
     * Returns the index of the first byte that a JSON string cannot contain as it is, or that is not ASCII: control characters,
     * quotes, backslashes, and all above 127; {@code to} if there is none.
     */
    static int plainUntil(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long word = (long) LONGS.get(bytes, i);
            long quotes = word ^ QUOTES;
            long backslashes = word ^ BACKSLASHES;
            // A borrow can mark a byte above one that is rightly marked, and only the lowest mark counts.
            long marks = (((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes) | (word - SPACES) | word)
                    & HIGHS;
            if (marks != 0) {
                return i + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (i < to && isPlain(bytes[i])) {
            i++;
        }
        return i;
    }

    private static boolean isPlain(byte b) {
        return b >= ' ' && b != '"' && b != '\\';
    }

    /**
     * Returns the length of the well-formed sequence of two to four bytes that begins at {@code at} (RFC 3629: no overlong forms,
     * no surrogates, nothing above U+10FFFF); 0 if there is none.
     */
    static int sequence(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (at + length > to) {
            return 0;
        }
        int second = bytes[at + 1] & 0xff;
        int lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** Writes a code point that is no surrogate; returns the index after it. */
    static int write(int codePoint, byte[] bytes, int at) {
        if (codePoint < 0x80) {
            bytes[at] = (byte) codePoint;
            return at + 1;
        }
        if (codePoint < 0x800) {
            bytes[at] = (byte) (0xc0 | codePoint >> 6);
            bytes[at + 1] = (byte) (0x80 | (codePoint & 0x3f));
            return at + 2;
        }
        if (codePoint < 0x10000) {
            bytes[at] = (byte) (0xe0 | codePoint >> 12);
            bytes[at + 1] = (byte) (0x80 | (codePoint >> 6 & 0x3f));
            bytes[at + 2] = (byte) (0x80 | (codePoint & 0x3f));
            return at + 3;
        }
        bytes[at] = (byte) (0xf0 | codePoint >> 18);
        bytes[at + 1] = (byte) (0x80 | (codePoint >> 12 & 0x3f));
        bytes[at + 2] = (byte) (0x80 | (codePoint >> 6 & 0x3f));
        bytes[at + 3] = (byte) (0x80 | (codePoint & 0x3f));
        return at + 4;
    }
}
