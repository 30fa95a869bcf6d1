package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import java.math.BigInteger;

/**
 * The share of every limit that one of several instances enforces on its own. Capacity and refill are divided and
 * rounded down, so that all instances together admit no more than the limit; except that each has at least one token,
 * and at least the slowest refill of a {@link Bandwidth}.
 */
final class Share {
    /** The maximum of instances. */
    static final int MAX_REPLICAS = 10_000;

    final int replicas;
    private final PerLimit<RateLimit> shares = new PerLimit<>(this::of);

    Share(int replicas) {
        this.replicas = checked(replicas);
    }

    static int checked(int replicas) {
        if (replicas < 1 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException("replicas: " + replicas + " (expected: 1 to " + MAX_REPLICAS + ")");
        }
        return replicas;
    }

    /**
     * Returns {@code check} with this instance's share of its limit, and at most the capacity of that share as its
     * cost.
     */
    RateLimitCheck of(RateLimitCheck check) {
        return replicas == 1 ? check : check.withLimit(shares.of(check.limit()));
    }

    private RateLimit of(RateLimit limit) {
        return new RateLimit(
                limit.bandwidths().stream().map(whole -> of(whole, replicas)).toList());
    }

    static Bandwidth of(Bandwidth whole, int replicas) {
        long capacity = Math.max(1, whole.capacity() / replicas);
        long refill = Math.max(whole.refillMicros() / replicas, slowestRefill(capacity, whole));
        return new Bandwidth(capacity, refill, whole.period(), whole.refill());
    }

    /**
     * Returns the smallest refill that fills {@code capacity} tokens within 2^53 microseconds, the maximum of a
     * bandwidth.
     */
    private static long slowestRefill(long capacity, Bandwidth whole) {
        return BigInteger.valueOf(capacity * Bandwidth.MICROS_PER_TOKEN)
                        .multiply(BigInteger.valueOf(whole.period().toNanos() / 1000))
                        .shiftRight(53)
                        .longValueExact()
                + 1;
    }
}
