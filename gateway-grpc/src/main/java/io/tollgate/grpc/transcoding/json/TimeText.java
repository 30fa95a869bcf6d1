package io.tollgate.grpc.transcoding.json;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** The texts of {@code Timestamp} (RFC 3339) and {@code Duration}. One is used for many. */
final class TimeText {
    static final long MIN_TIMESTAMP = -62135596800L;
    static final long MAX_TIMESTAMP = 253402300799L;
    static final long MAX_DURATION = 315576000000L;
    static final int NANOS = 1_000_000_000;

    private static final int SECONDS_PER_DAY = 86_400;
    private static final int DATE_TIME = "2026-01-31T12:30:00".length();

    private long seconds;
    private int nanos;

    /** The index after the last digit that {@link #decimals} read. */
    private int end;

    long seconds() {
        return seconds;
    }

    int nanos() {
        return nanos;
    }

    @Nullable
    Problem timestamp(byte[] text, int from, int to) {
        if (to - from <= DATE_TIME
                || text[from + 4] != '-'
                || text[from + 7] != '-'
                || text[from + 10] != 'T'
                || text[from + 13] != ':'
                || text[from + 16] != ':') {
            return Problem.NOT_TIMESTAMP;
        }
        int year = digits(text, from, 4);
        int month = digits(text, from + 5, 2);
        int day = digits(text, from + 8, 2);
        int hour = digits(text, from + 11, 2);
        int minute = digits(text, from + 14, 2);
        int second = digits(text, from + 17, 2);
        if ((year | month | day | hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) {
            return Problem.NOT_TIMESTAMP;
        }
        if (month < 1 || month > 12 || day < 1 || day > daysOf(month, year)) {
            return Problem.NOT_TIMESTAMP;
        }
        if (!decimals(text, from + DATE_TIME, to) || end == to) {
            return Problem.NOT_TIMESTAMP;
        }
        int offset = offset(text, end, to);
        if (offset == Integer.MIN_VALUE) {
            return Problem.NOT_TIMESTAMP;
        }
        int secondOfDay = hour * 3_600 + minute * 60 + second;
        seconds = daysSinceEpoch(year, month, day) * SECONDS_PER_DAY + secondOfDay - offset;
        return year == 0 || seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP ? Problem.TIMESTAMP_RANGE : null;
    }

    @Nullable
    Problem duration(byte[] text, int from, int to) {
        boolean negative = from < to && text[from] == '-';
        int i = negative ? from + 1 : from;
        int first = i;
        long whole = 0;
        while (i < to && isDigit(text[i])) {
            whole = Math.min(10 * whole + (text[i++] - '0'), MAX_DURATION + 1);
        }
        if (i == first || !decimals(text, i, to) || end != to - 1 || text[end] != 's') {
            return Problem.NOT_DURATION;
        }
        seconds = negative ? -whole : whole;
        nanos = negative ? -nanos : nanos;
        return whole > MAX_DURATION ? Problem.DURATION_RANGE : null;
    }

    /** Reads up to nine digits after a point, or nothing, into {@link #nanos}; returns false if there is a point without digits. */
    private boolean decimals(byte[] text, int from, int to) {
        nanos = 0;
        end = from;
        if (from == to || text[from] != '.') {
            return true;
        }
        int i = from + 1;
        int scale = NANOS;
        while (i < to && isDigit(text[i]) && scale > 1) {
            scale /= 10;
            nanos += (text[i++] - '0') * scale;
        }
        end = i;
        return i > from + 1;
    }

    /** Returns the seconds of {@code Z} or {@code +02:00}, which must end the text; {@code Integer.MIN_VALUE} if it is neither. */
    private static int offset(byte[] text, int from, int to) {
        if (text[from] == 'Z' && from + 1 == to) {
            return 0;
        }
        if (to - from != 6 || (text[from] != '+' && text[from] != '-') || text[from + 3] != ':') {
            return Integer.MIN_VALUE;
        }
        int hours = digits(text, from + 1, 2);
        int minutes = digits(text, from + 4, 2);
        if ((hours | minutes) < 0 || hours > 23 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3_600 + minutes * 60;
        return text[from] == '-' ? -seconds : seconds;
    }

    /** Returns the value of exactly so many digits; negative if there is something else. */
    private static int digits(byte[] text, int from, int count) {
        int value = 0;
        for (int i = from; i < from + count; i++) {
            if (!isDigit(text[i])) {
                return -1;
            }
            value = 10 * value + (text[i] - '0');
        }
        return value;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static int daysOf(int month, int year) {
        if (month == 2) {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    private static long daysSinceEpoch(int year, int month, int day) {
        return LocalDate.of(year, month, day).toEpochDay();
    }

    /** Appends a time with 0, 3, 6 or 9 decimals, in quotes. */
    static void writeTimestamp(long seconds, int nanos, JsonOutput output) {
        if (seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP || nanos < 0 || nanos >= NANOS) {
            throw new UnusableMessageException("a Timestamp is out of range: " + seconds + " s, " + nanos + " ns");
        }
        long days = Math.floorDiv(seconds, SECONDS_PER_DAY);
        int second = (int) (seconds - days * SECONDS_PER_DAY);
        LocalDate date = LocalDate.ofEpochDay(days);
        output.put('"');
        output.putDigits(date.getYear(), 4);
        output.put('-');
        output.putDigits(date.getMonthValue(), 2);
        output.put('-');
        output.putDigits(date.getDayOfMonth(), 2);
        output.put('T');
        output.putDigits(second / 3_600, 2);
        output.put(':');
        output.putDigits(second / 60 % 60, 2);
        output.put(':');
        output.putDigits(second % 60, 2);
        writeDecimals(nanos, output);
        output.put('Z');
        output.put('"');
    }

    /** Appends a duration with 0, 3, 6 or 9 decimals, in quotes. */
    static void writeDuration(long seconds, int nanos, JsonOutput output) {
        if (Math.abs(seconds) > MAX_DURATION
                || Math.abs(nanos) >= NANOS
                || seconds == Long.MIN_VALUE
                || nanos == Integer.MIN_VALUE
                || Long.signum(seconds) * Integer.signum(nanos) < 0) {
            throw new UnusableMessageException("a Duration is out of range: " + seconds + " s, " + nanos + " ns");
        }
        output.put('"');
        if (seconds < 0 || nanos < 0) {
            output.put('-');
        }
        output.putLong(Math.abs(seconds));
        writeDecimals(Math.abs(nanos), output);
        output.put('s');
        output.put('"');
    }

    private static void writeDecimals(int nanos, JsonOutput output) {
        if (nanos == 0) {
            return;
        }
        output.put('.');
        if (nanos % 1_000_000 == 0) {
            output.putDigits(nanos / 1_000_000, 3);
        } else if (nanos % 1_000 == 0) {
            output.putDigits(nanos / 1_000, 6);
        } else {
            output.putDigits(nanos, 9);
        }
    }
}
