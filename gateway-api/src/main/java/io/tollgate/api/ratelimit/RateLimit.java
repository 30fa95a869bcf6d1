package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one key may do: one window or several, of which each must have the tokens (10 a second and 1,000 a day). They are
 * taken from all windows or from none.
 *
 * @param bandwidths the windows, 1 to {@value #MAX_BANDWIDTHS}; unmodifiable
 */
public record RateLimit(List<Bandwidth> bandwidths) {
    /** The most windows a limit has. */
    public static final int MAX_BANDWIDTHS = 8;

    public RateLimit {
        bandwidths = List.copyOf(requireNonNull(bandwidths, "bandwidths"));
        if (bandwidths.isEmpty() || bandwidths.size() > MAX_BANDWIDTHS) {
            throw new IllegalArgumentException(
                    "bandwidths: " + bandwidths.size() + " of them (expected: 1 to " + MAX_BANDWIDTHS + ")");
        }
    }

    /** A limit of these windows. */
    public static RateLimit of(Bandwidth first, Bandwidth... more) {
        List<Bandwidth> all = new ArrayList<>();
        all.add(requireNonNull(first, "first"));
        all.addAll(List.of(more));
        return new RateLimit(all);
    }

    /** One window of {@code tokens} that refills continuously within {@code period}. */
    public static RateLimit per(Duration period, long tokens) {
        return of(Bandwidth.of(tokens, tokens, period));
    }

    /** {@code tokens} a second, refilled continuously. */
    public static RateLimit perSecond(long tokens) {
        return per(Duration.ofSeconds(1), tokens);
    }

    /** {@code tokens} a minute, refilled continuously. */
    public static RateLimit perMinute(long tokens) {
        return per(Duration.ofMinutes(1), tokens);
    }

    /** {@code tokens} an hour, refilled continuously. */
    public static RateLimit perHour(long tokens) {
        return per(Duration.ofHours(1), tokens);
    }

    /** {@code tokens} a day, refilled continuously. */
    public static RateLimit perDay(long tokens) {
        return per(Duration.ofDays(1), tokens);
    }

    /** This limit and those windows too. */
    public RateLimit and(RateLimit other) {
        List<Bandwidth> all = new ArrayList<>(bandwidths);
        all.addAll(other.bandwidths);
        return new RateLimit(all);
    }

    /** The smallest capacity among the windows: the most that one request can cost. */
    public long capacity() {
        long least = Long.MAX_VALUE;
        for (Bandwidth b : bandwidths) {
            least = Math.min(least, b.capacity());
        }
        return least;
    }
}
