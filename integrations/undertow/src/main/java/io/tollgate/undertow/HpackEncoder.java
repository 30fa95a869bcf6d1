package io.tollgate.undertow;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Encodes the field sections of responses (RFC 7541), each into the same array. Uses no table but the static one, and no Huffman
 * code: a few bytes more, and no state that a client could make large. Not thread-safe.
 */
final class HpackEncoder {
    private static final int FIRST_CAPACITY = 512;
    private static final int MAX_CAPACITY = 16 * 1024;
    private static final int LONGEST_INTEGER = 6;

    /** More names than anyone's policies make up; beyond, they are encoded anew. */
    private static final int MAX_NAMES = 256;

    private static final Map<String, byte[]> NAMES = new ConcurrentHashMap<>();

    /** Headers of a connection in HTTP/1.1, which must not be sent (RFC 9113, section 8.2.2). */
    private static final Set<String> CONNECTION_HEADERS =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private static final byte[] NOT_SENT = {};

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int size;
    private boolean begun;

    /** Begins the section of a response. */
    void begin(int status) {
        if (bytes.length > MAX_CAPACITY) {
            bytes = new byte[FIRST_CAPACITY];
        }
        size = 0;
        if (!begun) {
            begun = true;
            bytes[size++] = 0x20; // The table has a size of 0, whatever the client allows (section 4.2).
        }
        switch (status) {
            case 200 -> bytes[size++] = (byte) 0x88;
            case 204 -> bytes[size++] = (byte) 0x89;
            case 304 -> bytes[size++] = (byte) 0x8b;
            case 400 -> bytes[size++] = (byte) 0x8c;
            case 404 -> bytes[size++] = (byte) 0x8d;
            case 500 -> bytes[size++] = (byte) 0x8e;
            default -> {
                bytes[size++] = 0x08; // The name at index 8, not indexed.
                value(Integer.toString(status));
            }
        }
    }

    /** Adds a header, unless it is one that HTTP/2 has no use for. */
    void header(String name, String value) {
        byte[] encoded = NAMES.get(name);
        if (encoded == null) {
            encoded = encode(name);
            if (NAMES.size() < MAX_NAMES) {
                NAMES.put(name, encoded);
            }
        }
        if (encoded.length == 0) {
            return;
        }
        ensure(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
        value(value);
    }

    private void value(String value) {
        int length = value.length();
        ensure(LONGEST_INTEGER + length);
        size = integer(bytes, size, 0, 7, length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) HeaderText.octet(value.charAt(i));
        }
    }

    /** Returns a name as the first part of a literal field without indexing (section 6.2.2). */
    private static byte[] encode(String name) {
        String lower = HeaderText.name(name).toLowerCase(Locale.ROOT);
        if (CONNECTION_HEADERS.contains(lower)) {
            return NOT_SENT;
        }
        byte[] encoded = new byte[1 + LONGEST_INTEGER + lower.length()];
        int index = HpackTable.indexOf(lower);
        int end = integer(encoded, 0, 0, 4, index);
        if (index == 0) {
            end = integer(encoded, end, 0, 7, lower.length());
            byte[] text = lower.getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(text, 0, encoded, end, text.length);
            end += text.length;
        }
        return Arrays.copyOf(encoded, end);
    }

    /** Writes an integer with a prefix (section 5.1) at {@code at}; returns the index behind it. */
    private static int integer(byte[] to, int at, int flags, int prefix, int value) {
        int mask = (1 << prefix) - 1;
        int next = at;
        if (value < mask) {
            to[next++] = (byte) (flags | value);
            return next;
        }
        to[next++] = (byte) (flags | mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            to[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[next++] = (byte) rest;
        return next;
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    /** Returns the section, in an array that the next one overwrites, and that may be longer. */
    byte[] bytes() {
        return bytes;
    }

    /** Returns the length of the section. */
    int size() {
        return size;
    }
}
