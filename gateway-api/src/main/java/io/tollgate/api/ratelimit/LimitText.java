package io.tollgate.api.ratelimit;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Limits and periods as text. */
final class LimitText {
    private static final String EXPECTED =
            "tokens per period such as 1000/day, 10/s or 50/15m; several separated by commas";
    private static final String EXPECTED_PERIOD = "a duration with its unit such as 500ms, 10s, 15m, 1h30m or 1d";

    private static final int MAX_LENGTH = 1_000;
    private static final Pattern WINDOW = Pattern.compile("(\\d{1,10})\\s*/\\s*(\\S.{0,40})");
    private static final Pattern PART = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,18})?)\\s*(\\p{L}+)\\s*");

    private static final Map<String, Long> NANOS = Map.ofEntries(
            Map.entry("ns", 1L),
            Map.entry("nano", 1L),
            Map.entry("nanos", 1L),
            Map.entry("nanosecond", 1L),
            Map.entry("nanoseconds", 1L),
            Map.entry("us", 1_000L),
            // Unicode has two letters mu.
            Map.entry("\u00b5s", 1_000L),
            Map.entry("\u03bcs", 1_000L),
            Map.entry("micro", 1_000L),
            Map.entry("micros", 1_000L),
            Map.entry("microsecond", 1_000L),
            Map.entry("microseconds", 1_000L),
            Map.entry("ms", 1_000_000L),
            Map.entry("milli", 1_000_000L),
            Map.entry("millis", 1_000_000L),
            Map.entry("millisecond", 1_000_000L),
            Map.entry("milliseconds", 1_000_000L),
            Map.entry("s", 1_000_000_000L),
            Map.entry("sec", 1_000_000_000L),
            Map.entry("second", 1_000_000_000L),
            Map.entry("seconds", 1_000_000_000L),
            Map.entry("m", 60_000_000_000L),
            Map.entry("min", 60_000_000_000L),
            Map.entry("minute", 60_000_000_000L),
            Map.entry("minutes", 60_000_000_000L),
            Map.entry("h", 3_600_000_000_000L),
            Map.entry("hour", 3_600_000_000_000L),
            Map.entry("hours", 3_600_000_000_000L),
            Map.entry("d", 86_400_000_000_000L),
            Map.entry("day", 86_400_000_000_000L),
            Map.entry("days", 86_400_000_000_000L));

    private LimitText() {}

    static RateLimit parse(String text) {
        List<Bandwidth> windows = new ArrayList<>();
        // A text of many commas must not become as many windows before they are counted.
        for (String part : text.length() > MAX_LENGTH ? new String[] {""} : text.split(",", -1)) {
            windows.add(window(part.strip(), text));
        }
        if (windows.size() > RateLimit.MAX_BANDWIDTHS) {
            throw new IllegalArgumentException(
                    "limit: " + windows.size() + " windows (expected: 1 to " + RateLimit.MAX_BANDWIDTHS + ")");
        }
        return new RateLimit(windows);
    }

    private static Bandwidth window(String part, String whole) {
        Matcher window = WINDOW.matcher(part);
        if (!window.matches()) {
            throw wrong("limit", whole, EXPECTED, null);
        }
        try {
            long tokens = Long.parseLong(window.group(1));
            String period = window.group(2);
            return Bandwidth.of(tokens, tokens, period(Character.isDigit(period.charAt(0)) ? period : "1" + period));
        } catch (IllegalArgumentException e) {
            throw wrong("limit", whole, EXPECTED, e);
        }
    }

    static Duration period(String text) {
        String period = text.strip();
        Matcher part = PART.matcher(period);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (period.length() <= 64 && part.find() && part.start() == end) {
            end = part.end();
            @Nullable Long unit = NANOS.get(part.group(2));
            if (unit == null) {
                throw wrong("period", text, EXPECTED_PERIOD, null);
            }
            try {
                sum = sum.plus(times(new BigDecimal(part.group(1)), unit));
            } catch (ArithmeticException e) {
                throw wrong("period", text, EXPECTED_PERIOD, null);
            }
        }
        if (end == 0 || end < period.length()) {
            throw wrong("period", text, EXPECTED_PERIOD, null);
        }
        return sum;
    }

    private static Duration times(BigDecimal count, long unitNanos) {
        BigDecimal[] seconds =
                count.multiply(BigDecimal.valueOf(unitNanos)).divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
        return Duration.ofSeconds(seconds[0].longValueExact(), seconds[1].longValue());
    }

    private static IllegalArgumentException wrong(
            String what, String text, String expected, @Nullable IllegalArgumentException cause) {
        String shown = text.length() > 120 ? text.substring(0, 120) + "…" : text;
        return new IllegalArgumentException(what + ": \"" + shown + "\" (expected: " + expected + ")", cause);
    }

    static String of(RateLimit limit) {
        return limit.bandwidths().stream().map(LimitText::of).collect(Collectors.joining(", "));
    }

    private static String of(Bandwidth window) {
        boolean plain = window.refill() == Refill.GREEDY
                && window.refillMicros() == window.capacity() * Bandwidth.MICROS_PER_TOKEN;
        return plain ? window.capacity() + "/" + perUnit(window.period()) : "(" + window + ")";
    }

    /** Returns {@code s} for a second, {@code 15m} for 15 minutes. */
    private static String perUnit(Duration period) {
        String text = of(period);
        return text.matches("1\\D+") ? text.substring(1) : text;
    }

    static String of(Duration period) {
        StringBuilder text = new StringBuilder();
        append(text, period.toDays(), "d");
        append(text, period.toHoursPart(), "h");
        append(text, period.toMinutesPart(), "m");
        append(text, period.toSecondsPart(), "s");
        append(text, period.toMillisPart(), "ms");
        append(text, period.toNanosPart() / 1_000 % 1_000, "us");
        append(text, period.toNanosPart() % 1_000, "ns");
        return text.length() == 0 ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count > 0) {
            text.append(count).append(unit);
        }
    }
}
