package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The limit of a bucket key: one window or several, each of which must have the tokens (10 a second and 1,000 a day). Tokens
 * are taken from all windows or from none.
 *
 * <pre>{@code
 * RateLimit limit = RateLimit.parse("10/s, 1000/day");
 * RateLimit same = RateLimit.perSecond(10).and(RateLimit.perDay(1_000));
 * }</pre>
 *
 * @param bandwidths the windows, 1 to {@value #MAX_BANDWIDTHS}; unmodifiable
 */
public record RateLimit(List<Bandwidth> bandwidths) {
    /** The maximum of windows. */
    public static final int MAX_BANDWIDTHS = 8;

    public RateLimit {
        bandwidths = List.copyOf(requireNonNull(bandwidths, "bandwidths"));
        if (bandwidths.isEmpty() || bandwidths.size() > MAX_BANDWIDTHS) {
            throw new IllegalArgumentException(
                    "bandwidths: " + bandwidths.size() + " of them (expected: 1 to " + MAX_BANDWIDTHS + ")");
        }
    }

    /**
     * Parses a limit of one window or several: {@code 1000/day}, {@code 10/s, 1000/day}, {@code 50/15m}, {@code 5/1h30m}.
     * Each window holds that many tokens and refills them continuously within the period, with the units of
     * {@link #parsePeriod}. A period without a number, such as {@code day}, is one unit.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static RateLimit parse(String text) {
        return LimitText.parse(requireNonNull(text, "text"));
    }

    /**
     * Parses a period, or any other duration, such as {@code 500ms}, {@code 10s}, {@code 15m}, {@code 1.5h}, {@code 1h30m} or
     * {@code 1d}. Units are {@code ns}, {@code us}, {@code ms}, {@code s} ({@code sec}), {@code m} ({@code min}), {@code h} and
     * {@code d}, or their names: {@code second}, {@code seconds}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static Duration parsePeriod(String text) {
        return LimitText.period(requireNonNull(text, "text"));
    }

    /** Returns a limit of these windows. */
    public static RateLimit of(Bandwidth first, Bandwidth... more) {
        List<Bandwidth> all = new ArrayList<>();
        all.add(requireNonNull(first, "first"));
        all.addAll(List.of(more));
        return new RateLimit(all);
    }

    /** Returns a limit of one window of {@code tokens} that refills continuously within {@code period}. */
    public static RateLimit per(Duration period, long tokens) {
        return of(Bandwidth.of(tokens, tokens, period));
    }

    /** Returns a limit of {@code tokens} a second, refilled continuously. */
    public static RateLimit perSecond(long tokens) {
        return per(Duration.ofSeconds(1), tokens);
    }

    /** Returns a limit of {@code tokens} a minute, refilled continuously. */
    public static RateLimit perMinute(long tokens) {
        return per(Duration.ofMinutes(1), tokens);
    }

    /** Returns a limit of {@code tokens} an hour, refilled continuously. */
    public static RateLimit perHour(long tokens) {
        return per(Duration.ofHours(1), tokens);
    }

    /** Returns a limit of {@code tokens} a day, refilled continuously. */
    public static RateLimit perDay(long tokens) {
        return per(Duration.ofDays(1), tokens);
    }

    /** Returns a limit of these windows and those of {@code other}. */
    public RateLimit and(RateLimit other) {
        List<Bandwidth> all = new ArrayList<>(bandwidths);
        all.addAll(other.bandwidths);
        return new RateLimit(all);
    }

    /** Returns the smallest capacity of the windows, which is the maximum cost of a request. */
    public long capacity() {
        long least = Long.MAX_VALUE;
        for (Bandwidth b : bandwidths) {
            least = Math.min(least, b.capacity());
        }
        return least;
    }

    /**
     * Returns the text that {@link #parse} reads, such as {@code 10/s, 1000/d}. A window whose refill differs from its
     * capacity has no such text; it is described in parentheses.
     */
    @Override
    public String toString() {
        return LimitText.of(this);
    }
}
