package io.tollgate.grpc.transcoding.json;

import java.util.Arrays;

/** Base64 and base64url (RFC 4648), with or without padding. */
final class Base64Text {
    private static final byte[] ALPHABET = new byte[64];
    private static final byte[] VALUES = new byte[256];

    static {
        Arrays.fill(VALUES, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            ALPHABET[i] = (byte) alphabet.charAt(i);
            VALUES[alphabet.charAt(i)] = (byte) i;
        }
        VALUES['-'] = 62;
        VALUES['_'] = 63;
    }

    private Base64Text() {}

    /** Returns the number of bytes that a text stands for; negative if its length cannot be right. */
    static int decodedLength(byte[] text, int from, int to) {
        int digits = unpadded(text, from, to) - from;
        boolean padded = digits < to - from;
        if (digits % 4 == 1 || (padded && (to - from) % 4 != 0)) {
            return -1;
        }
        return (int) (digits * 3L / 4);
    }

    private static int unpadded(byte[] text, int from, int to) {
        int end = to;
        while (end > from && to - end < 2 && text[end - 1] == '=') {
            end--;
        }
        return end;
    }

    /** Writes the bytes of a text whose length is right; returns false if it has a character that does not belong there. */
    static boolean decode(byte[] text, int from, int to, byte[] target, int at) {
        int end = unpadded(text, from, to);
        int out = at;
        int i = from;
        int wrong = 0;
        for (; i + 4 <= end; i += 4) {
            int a = VALUES[text[i] & 0xff];
            int b = VALUES[text[i + 1] & 0xff];
            int c = VALUES[text[i + 2] & 0xff];
            int d = VALUES[text[i + 3] & 0xff];
            wrong |= a | b | c | d;
            int word = a << 18 | b << 12 | c << 6 | d;
            target[out] = (byte) (word >> 16);
            target[out + 1] = (byte) (word >> 8);
            target[out + 2] = (byte) word;
            out += 3;
        }
        if (i < end) {
            int a = VALUES[text[i] & 0xff];
            int b = VALUES[text[i + 1] & 0xff];
            int c = i + 2 < end ? VALUES[text[i + 2] & 0xff] : 0;
            wrong |= a | b | c;
            target[out++] = (byte) (a << 2 | b >> 4);
            if (i + 2 < end) {
                target[out] = (byte) (b << 4 | c >> 2);
            }
        }
        return wrong >= 0;
    }

    static int encodedLength(int length) {
        return Math.toIntExact((length + 2L) / 3 * 4);
    }

    /** Writes bytes with padding. */
    static void encode(byte[] source, int from, int to, byte[] target, int at) {
        int out = at;
        int i = from;
        for (; i + 3 <= to; i += 3) {
            int word = (source[i] & 0xff) << 16 | (source[i + 1] & 0xff) << 8 | (source[i + 2] & 0xff);
            target[out] = ALPHABET[word >> 18];
            target[out + 1] = ALPHABET[word >> 12 & 0x3f];
            target[out + 2] = ALPHABET[word >> 6 & 0x3f];
            target[out + 3] = ALPHABET[word & 0x3f];
            out += 4;
        }
        if (i < to) {
            int word = (source[i] & 0xff) << 16 | (i + 1 < to ? (source[i + 1] & 0xff) << 8 : 0);
            target[out] = ALPHABET[word >> 18];
            target[out + 1] = ALPHABET[word >> 12 & 0x3f];
            target[out + 2] = i + 1 < to ? ALPHABET[word >> 6 & 0x3f] : (byte) '=';
            target[out + 3] = '=';
        }
    }
}
