package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** A number as JSON spells it (RFC 8259, section 6), read without loss. One is used for many numbers. */
final class JsonNumber {
    /** Larger exponents are cut to this; no digits of a body make up for it. */
    private static final int EXPONENT_LIMIT = 1_000_000_000;

    private static final int SAFE_DIGITS = 18;
    private static final double MAX_EXACT_MANTISSA = 1L << 53;
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    /** The outcome of {@link #integer}. */
    enum Integrity {
        EXACT,
        FRACTION,
        OVERFLOW
    }

    private byte[] bytes = new byte[0];
    private int from;
    private int end;
    private boolean negative;

    /** All digits without the point, if there are at most {@link #SAFE_DIGITS}. */
    private long mantissa;

    private int digits;
    private int fractionDigits;
    private int exponent;

    private long magnitude;

    /** Reads the number that begins at {@code from}; returns the index after it, or the index of the fault as {@code -1 - index}. */
    int scan(byte[] text, int start, int to) {
        bytes = text;
        from = start;
        int i = start;
        negative = i < to && text[i] == '-';
        if (negative) {
            i++;
        }
        int first = i;
        long value = 0;
        while (i < to && isDigit(text[i])) {
            value = 10 * value + (text[i++] - '0');
        }
        if (i == first) {
            return -1 - i;
        }
        if (text[first] == '0' && i > first + 1) {
            return -1 - (first + 1);
        }
        digits = i - first;
        fractionDigits = 0;
        exponent = 0;
        if (i < to && text[i] == '.') {
            int point = i++;
            while (i < to && isDigit(text[i])) {
                value = 10 * value + (text[i++] - '0');
            }
            fractionDigits = i - point - 1;
            digits += fractionDigits;
            if (fractionDigits == 0) {
                return -1 - i;
            }
        }
        mantissa = value;
        if (i < to && (text[i] | 0x20) == 'e') {
            i = exponent(text, i + 1, to);
        }
        end = i;
        return i;
    }

    private int exponent(byte[] text, int start, int to) {
        int i = start;
        boolean down = i < to && text[i] == '-';
        if (i < to && (text[i] == '-' || text[i] == '+')) {
            i++;
        }
        int first = i;
        int value = 0;
        while (i < to && isDigit(text[i])) {
            value = Math.min(10 * Math.min(value, EXPONENT_LIMIT / 10) + (text[i++] - '0'), EXPONENT_LIMIT);
        }
        exponent = down ? -value : value;
        return i == first ? -1 - i : i;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    boolean negative() {
        return negative;
    }

    /** Returns the unsigned magnitude that {@link #integer} found. */
    long magnitude() {
        return magnitude;
    }

    /** Returns whether the number is an integer whose magnitude has 64 bits: {@code 1.0} and {@code 1e3} are. */
    Integrity integer() {
        if (digits <= SAFE_DIGITS && fractionDigits == 0 && exponent == 0) {
            magnitude = mantissa;
            return Integrity.EXACT;
        }
        // The digits before the point once it has moved by the exponent.
        int whole = digits - fractionDigits + exponent;
        long value = 0;
        int seen = 0;
        for (int i = from; i < end && (bytes[i] | 0x20) != 'e'; i++) {
            if (!isDigit(bytes[i])) {
                continue;
            }
            int digit = bytes[i] - '0';
            if (seen++ >= whole) {
                if (digit != 0) {
                    return Integrity.FRACTION;
                }
            } else if (overflows(value, digit)) {
                return Integrity.OVERFLOW;
            } else {
                value = 10 * value + digit;
            }
        }
        for (int i = seen; i < whole && value != 0; i++) {
            if (overflows(value, 0)) {
                return Integrity.OVERFLOW;
            }
            value *= 10;
        }
        magnitude = value;
        return Integrity.EXACT;
    }

    private static boolean overflows(long value, int digit) {
        int limit = Long.compareUnsigned(value, Long.divideUnsigned(-1, 10));
        return limit > 0 || (limit == 0 && digit > 5);
    }

    /** Returns the nearest double; infinite if it is out of range. */
    double toDouble() {
        int power = exponent - fractionDigits;
        if (digits <= SAFE_DIGITS && mantissa <= MAX_EXACT_MANTISSA && power >= -22 && power <= 22) {
            // Both operands are exact, so that the result is the nearest (Clinger).
            double value = power < 0 ? mantissa / POWERS_OF_TEN[-power] : mantissa * POWERS_OF_TEN[power];
            return negative ? -value : value;
        }
        return Double.parseDouble(text());
    }

    /** Returns the nearest float, not by way of a double; infinite if it is out of range. */
    float toFloat() {
        int power = exponent - fractionDigits;
        if (digits <= SAFE_DIGITS && mantissa <= 1 << 24 && power >= -10 && power <= 10) {
            float value =
                    power < 0 ? mantissa / (float) POWERS_OF_TEN[-power] : mantissa * (float) POWERS_OF_TEN[power];
            return negative ? -value : value;
        }
        return Float.parseFloat(text());
    }

    private String text() {
        return new String(bytes, from, end - from, ISO_8859_1);
    }
}
