package io.tollgate.ratelimit.config;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.Refill;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads limits: one window or several, each {@code 1000/day} or a section. */
final class LimitFields {
    static final String EXPECTED = "tokens per period such as 1000/day, 10/s or 50/15m, or a section with capacity,"
            + " refill_tokens and refill_period";

    private static final Scalar<Long> TOKENS = Scalar.integer(1, Bandwidth.MAX_CAPACITY);
    private static final Scalar<Duration> PERIOD = Scalar.duration(Duration.ofMillis(1), Duration.ofDays(3650));
    private static final Scalar<BigDecimal> RATE = Scalar.decimal("0.000001", "1000000000");
    private static final Scalar<RateLimit> SHORT = new Scalar<>(EXPECTED, RateLimit::parse);

    private LimitFields() {}

    /** Returns the limit; empty if any of its windows is wrong, which is noted as a problem. */
    static Optional<RateLimit> read(Place place) {
        List<Place> elements = place.isList() ? place.elements(EXPECTED) : List.of(place);
        List<Bandwidth> windows = new ArrayList<>();
        boolean wrong = false;
        for (Place element : elements) {
            Optional<List<Bandwidth>> read = element.isSection()
                    ? section(element).map(List::of)
                    : element.as(SHORT).map(RateLimit::bandwidths);
            read.ifPresent(windows::addAll);
            wrong |= read.isEmpty();
        }
        int count = wrong ? elements.size() : windows.size();
        if (count == 0 || count > RateLimit.MAX_BANDWIDTHS) {
            place.problem(count + " windows (expected: 1 to " + RateLimit.MAX_BANDWIDTHS + ")");
            return Optional.empty();
        }
        return wrong ? Optional.empty() : Optional.of(new RateLimit(windows));
    }

    private static Optional<Bandwidth> section(Place s) {
        int before = s.problems();
        Optional<Long> capacity = s.take("capacity", TOKENS);
        Optional<Long> tokens = s.take("refill_tokens", TOKENS);
        Optional<Duration> period = s.take("refill_period", PERIOD);
        Optional<BigDecimal> rate = s.take("refill_rate", RATE);
        Optional<Duration> interval = s.take("refill_interval", PERIOD);
        Optional<Refill> refill = s.take("refill", Scalar.choice(Refill.class));
        s.noOtherFields();
        if (!s.has("capacity")) {
            s.problem("no capacity (expected: capacity, " + TOKENS.expected() + ")");
        }
        boolean byRate = s.has("refill_rate");
        if (byRate == s.has("refill_period")
                || (byRate && s.has("refill_tokens"))
                || (!byRate && s.has("refill_interval"))) {
            s.problem("not exactly one refill (expected: refill_period, with refill_tokens unless that is the capacity;"
                    + " or refill_rate in tokens per second, with refill_interval unless that is 1m)");
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
