package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A growing buffer of JSON in UTF-8, of at most 64 MiB: a small message can have a large JSON form, by names and default values. Not
 * thread-safe.
 */
public final class JsonOutput {
    private static final int MAX = 64 << 20;
    private static final int MAX_LONG = 20;

    /** Room is made for the longest number before one is written. */
    private static final int SPARE = 32;

    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);
    private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};
    private static final long[] SCALES = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

    private byte[] bytes;
    private int size;

    /**
     * Makes an empty output.
     *
     * @param expected bytes to make room for at first
     */
    public JsonOutput(int expected) {
        bytes = new byte[Math.min(Math.max(expected, 0), MAX) + SPARE];
    }

    /** Appends bytes as they are, such as the frame of an event. */
    public void append(byte[] source) {
        ensure(source.length);
        System.arraycopy(source, 0, bytes, size, source.length);
        size += source.length;
    }

    /** Returns the number of bytes so far. */
    public int size() {
        return size;
    }

    /** Drops all bytes after the first {@code size}. */
    public void truncate(int size) {
        this.size = size;
    }

    /** Returns a copy of the bytes. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Returns the bytes, not copied; the output must not be used afterwards. */
    public ByteBuffer toByteBuffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    byte[] array() {
        return bytes;
    }

    void put(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
    }

    void append(byte[] source, int from, int to) {
        ensure(to - from);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    void putNull() {
        putAscii("null");
    }

    void putBoolean(boolean value) {
        putAscii(value ? "true" : "false");
    }

    void putAscii(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    /** Appends a number that is not negative with leading zeros. */
    void putDigits(long value, int digits) {
        ensure(digits);
        long rest = value;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    void putLong(long value) {
        ensure(MAX_LONG);
        if (value >= 0) {
            putDigits(value, digits(value));
        } else if (value == Long.MIN_VALUE) {
            putAscii("-9223372036854775808");
        } else {
            bytes[size++] = '-';
            putDigits(-value, digits(-value));
        }
    }

    void putUnsignedLong(long value) {
        if (value >= 0) {
            putLong(value);
        } else {
            long head = Long.divideUnsigned(value, 10);
            putLong(head);
            put((char) ('0' + (value - head * 10)));
        }
    }

    private static int digits(long value) {
        int digits = 1;
        for (long limit = 10; value >= limit && digits < 19; limit *= 10) {
            digits++;
        }
        return digits;
    }

    /** Appends a finite number as {@link Double#toString} has it: with a point, in as few digits as tell it from others. */
    void putDouble(double value) {
        double magnitude = Math.abs(value);
        if (magnitude >= 1e-3 && magnitude < 1e7) {
            for (int decimals = 0; decimals < SCALES.length; decimals++) {
                long scale = SCALES[decimals];
                double scaled = magnitude * scale;
                long digits = (long) (scaled + 0.5);
                // At most 13 digits, so that no other decimal of so few digits has the same nearest double.
                if ((double) digits / scale == magnitude) {
                    putDecimal(value < 0, digits, scale, decimals);
                    return;
                }
            }
        }
        putAscii(Double.toString(value));
    }

    /** Appends a finite number as {@link Float#toString} has it. */
    void putFloat(float value) {
        float magnitude = Math.abs(value);
        if (magnitude >= 1 && magnitude < 1e7 && magnitude == (int) magnitude) {
            putDecimal(value < 0, (int) magnitude, 1, 0);
        } else {
            putAscii(Float.toString(value));
        }
    }

    private void putDecimal(boolean negative, long digits, long scale, int decimals) {
        if (negative) {
            put('-');
        }
        putLong(digits / scale);
        put('.');
        putDigits(digits % scale, Math.max(decimals, 1));
    }

    void putBase64(byte[] source, int from, int to) {
        int length = Base64Text.encodedLength(to - from);
        ensure(Math.addExact(length, 2));
        bytes[size] = '"';
        Base64Text.encode(source, from, to, bytes, size + 1);
        bytes[size + 1 + length] = '"';
        size += length + 2;
    }

    /**
     * Appends text in UTF-8 as a string.
     *
     * @param replaces replaces what is no UTF-8 by U+FFFD, where the field permits any bytes
     * @return false if it is not valid UTF-8 and not to be replaced
     */
    boolean putString(byte[] source, int from, int to, boolean replaces) {
        ensure(Math.addExact(to - from, 2));
        bytes[size++] = '"';
        int run = from;
        int i = Utf8.plainUntil(source, from, to);
        while (i < to) {
            byte special = source[i];
            int sequence = special < 0 ? Utf8.sequence(source, i, to) : 0;
            if (sequence > 0) {
                i += sequence;
            } else {
                append(source, run, i);
                run = ++i;
                if (special >= 0) {
                    escape(special);
                } else if (replaces) {
                    append(REPLACEMENT);
                } else {
                    return false;
                }
            }
            i = Utf8.plainUntil(source, i, to);
        }
        append(source, run, to);
        put('"');
        return true;
    }

    /** Removes the quotes of the string that was appended at {@code from}. */
    void unquote(int from) {
        System.arraycopy(bytes, from + 1, bytes, from, size - from - 2);
        size -= 2;
    }

    private void escape(byte special) {
        put('\\');
        switch (special) {
            case '"', '\\' -> put((char) special);
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            case '\b' -> put('b');
            case '\f' -> put('f');
            default -> {
                putAscii("u00");
                put((char) HEX[special >> 4]);
                put((char) HEX[special & 0xf]);
            }
        }
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            grow((long) size + more);
        }
    }

    private void grow(long wanted) {
        if (wanted > MAX) {
            throw new UnusableMessageException("its JSON is longer than " + (MAX >> 20) + " MiB");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.max(Math.min(2L * bytes.length, MAX), wanted));
    }
}
