package io.tollgate.ratelimit.config;

import io.tollgate.api.Redaction;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.RateLimit;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A type of single values.
 *
 * @param expected describes right values, for messages
 * @param parser reads a text without space around it; throws {@link IllegalArgumentException} if it is no such value
 */
record Scalar<T>(String expected, Function<String, T> parser) {
    private static final int MAX_VALUE = 120;
    private static final int MAX_MESSAGE = 400;
    private static final long[] UNIT_NANOS = {
        86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
    };
    private static final String[] UNITS = {"d", "h", "m", "s", "ms", "us", "ns"};

    T parse(String text) {
        return parser.apply(text.strip());
    }

    static Scalar<String> text(int maxLength) {
        return matching("1 to " + maxLength + " printable characters", "[^\\p{Cntrl}]{1," + maxLength + "}");
    }

    static Scalar<String> matching(String expected, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return new Scalar<>(expected, text -> {
            if (!pattern.matcher(text).matches()) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    static Scalar<Long> integer(long min, long max) {
        return new Scalar<>("a number, " + min + " to " + max, text -> within(Long.parseLong(text), min, max));
    }

    static Scalar<BigDecimal> decimal(String min, String max) {
        BigDecimal least = new BigDecimal(min);
        BigDecimal most = new BigDecimal(max);
        // A short text, so that 1e999999999 costs nothing.
        return new Scalar<>(
                "a number, " + min + " to " + max,
                text -> within(new BigDecimal(text.length() > 40 ? "" : text), least, most));
    }

    static Scalar<Boolean> bool() {
        return new Scalar<>("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    /** Returns the type of the constants of an enum, in any case. */
    static <E extends Enum<E>> Scalar<E> choice(Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(constant.name().toLowerCase(Locale.ROOT));
        }
        return new Scalar<>(String.join(", ", names), text -> {
            int i = names.indexOf(text.toLowerCase(Locale.ROOT));
            if (i < 0) {
                throw new IllegalArgumentException();
            }
            return type.getEnumConstants()[i];
        });
    }

    static Scalar<Duration> duration(Duration min, Duration max) {
        return new Scalar<>(
                "a duration with its unit, " + shown(min) + " to " + shown(max),
                text -> within(RateLimit.parsePeriod(text), min, max));
    }

    static Scalar<AddressRange> addressRange() {
        return new Scalar<>(
                "an address, or a network such as 10.0.0.0/8 with no bits beyond its prefix", AddressRange::parse);
    }

    private static <C extends Comparable<C>> C within(C value, C min, C max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    /** Returns {@code 90m} for an hour and a half: the largest unit of which it is a whole number. */
    private static String shown(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.toDays() > 100_000) {
            return duration.toDays() + "d";
        }
        long nanos = duration.toNanos();
        int unit = 0;
        while (nanos % UNIT_NANOS[unit] != 0) {
            unit++;
        }
        return nanos / UNIT_NANOS[unit] + UNITS[unit];
    }

    /** Returns a value without what may be a credential, as one line of at most 120 characters without control characters. */
    static String printable(String value) {
        return value.isEmpty() ? "\"\"" : line(Redaction.ofValue(value), MAX_VALUE);
    }

    /** Returns a message as one line of at most 400 characters, none of them a control character. */
    static String message(String text) {
        return line(Redaction.ofText(text), MAX_MESSAGE);
    }

    private static String line(String text, int maxLength) {
        String shortened = text.length() > maxLength ? text.substring(0, maxLength) + "…" : text;
        StringBuilder line = new StringBuilder();
        shortened.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                line.append(String.format("\\u%04x", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }
}
