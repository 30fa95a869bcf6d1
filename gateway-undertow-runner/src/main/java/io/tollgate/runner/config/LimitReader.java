package io.tollgate.runner.config;

import static io.tollgate.runner.config.ValueType.choice;
import static io.tollgate.runner.config.ValueType.decimal;
import static io.tollgate.runner.config.ValueType.duration;
import static io.tollgate.runner.config.ValueType.wholeNumber;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.Refill;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads limits: one window or several, each {@code 1000/day} or a section. */
final class LimitReader {
    static final String EXPECTED = "tokens per period such as 1000/day, 10/s or 50/15m, or a section with capacity,"
            + " refill_tokens and refill_period";

    private static final Pattern SHORT = Pattern.compile("(\\d{1,10})\\s*/\\s*(\\S.{0,40})");
    private static final ValueType<Long> TOKENS = wholeNumber("a number", 1, Bandwidth.MAX_CAPACITY);
    private static final ValueType<Duration> PERIOD = duration("1ms", "3650d");
    private static final ValueType<BigDecimal> RATE = decimal("a number", "0.000001", "1000000000");
    private static final ValueType<Bandwidth> WINDOW = new ValueType<>(EXPECTED, false, LimitReader::shortForm);

    private LimitReader() {}

    /** The windows in {@code node}; empty where any of them is wrong. */
    static Optional<RateLimit> read(Node node) {
        List<Node> elements = node.isList() ? node.elements(EXPECTED) : List.of(node);
        if (elements.isEmpty() || elements.size() > RateLimit.MAX_BANDWIDTHS) {
            node.problem(elements.size() + " windows (expected: 1 to " + RateLimit.MAX_BANDWIDTHS + ")");
            return Optional.empty();
        }
        List<Bandwidth> windows = new ArrayList<>();
        for (Node element : elements) {
            (element.isSection() ? section(element) : element.as(WINDOW, false)).ifPresent(windows::add);
        }
        return windows.size() == elements.size() ? Optional.of(new RateLimit(windows)) : Optional.empty();
    }

    private static Bandwidth shortForm(String text) throws BadValue {
        Matcher parts = SHORT.matcher(text.strip());
        if (!parts.matches()) {
            throw new BadValue();
        }
        String period = parts.group(2);
        long tokens = TOKENS.parse(parts.group(1));
        try {
            return Bandwidth.of(
                    tokens, tokens, PERIOD.parse(Character.isDigit(period.charAt(0)) ? period : "1" + period));
        } catch (IllegalArgumentException e) {
            throw new BadValue();
        }
    }

    private static Optional<Bandwidth> section(Node s) {
        int before = s.problems();
        Optional<Long> capacity = s.take("capacity", TOKENS, false);
        Optional<Long> tokens = s.take("refill_tokens", TOKENS, false);
        Optional<Duration> period = s.take("refill_period", PERIOD, false);
        Optional<BigDecimal> rate = s.take("refill_rate", RATE, false);
        Optional<Duration> interval = s.take("refill_interval", PERIOD, false);
        Optional<Refill> refill = s.take("refill", choice(Refill.class), false);
        s.noOtherFields();
        if (!s.has("capacity")) {
            s.problem("no capacity (expected: capacity, " + TOKENS.expected() + ")");
        }
        boolean byRate = s.has("refill_rate");
        if (byRate == s.has("refill_period")
                || (byRate && s.has("refill_tokens"))
                || (!byRate && s.has("refill_interval"))) {
            s.problem("no one refill (expected: refill_period, with refill_tokens where that is not the capacity;"
                    + " or refill_rate in tokens per second, with refill_interval where that is not 1m)");
        }
        if (s.problems() > before) {
            return Optional.empty();
        }
        try {
            long full = capacity.orElseThrow();
            Bandwidth window = byRate
                    ? Bandwidth.ofRate(full, rate.orElseThrow(), interval.orElse(Duration.ofMinutes(1)))
                    : Bandwidth.of(full, tokens.orElse(full), period.orElseThrow());
            return Optional.of(window.withRefill(refill.orElse(Refill.GREEDY)));
        } catch (IllegalArgumentException e) {
            s.problem("no bucket with these values: " + e.getMessage());
            return Optional.empty();
        }
    }
}
