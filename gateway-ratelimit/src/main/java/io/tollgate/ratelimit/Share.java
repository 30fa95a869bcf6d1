package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import java.math.BigInteger;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The share of every limit that one of several instances enforces by itself. Capacity and refill are divided and rounded
 * down, so that all instances together admit no more than the limit; except that each has at least one token, and earns
 * enough to be a {@link Bandwidth}.
 */
final class Share {
    /** The most instances. */
    static final int MAX_REPLICAS = 10_000;

    private static final int MAX_LIMITS = 1_000;

    final int replicas;
    private final ConcurrentMap<RateLimit, RateLimit> shares = new ConcurrentHashMap<>();

    Share(int replicas) {
        this.replicas = checked(replicas);
    }

    static int checked(int replicas) {
        if (replicas < 1 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException("replicas: " + replicas + " (expected: 1 to " + MAX_REPLICAS + ")");
        }
        return replicas;
    }

    /** Returns {@code check} with this instance's share of its limit; its cost is at most the capacity of that. */
    RateLimitCheck of(RateLimitCheck check) {
        return replicas == 1 ? check : check.withLimit(of(check.limit()));
    }

    /** Limits are few; where they are not, the store starts over. */
    private RateLimit of(RateLimit limit) {
        RateLimit known = shares.get(limit);
        if (known != null) {
            return known;
        }
        if (shares.size() >= MAX_LIMITS) {
            shares.clear();
        }
        RateLimit share = new RateLimit(
                limit.bandwidths().stream().map(whole -> of(whole, replicas)).toList());
        shares.put(limit, share);
        return share;
    }

    static Bandwidth of(Bandwidth whole, int replicas) {
        long capacity = Math.max(1, whole.capacity() / replicas);
        long refill = Math.max(whole.refillMicros() / replicas, slowestRefill(capacity, whole));
        return new Bandwidth(capacity, refill, whole.period(), whole.refill());
    }

    /** The least refill that fills a bucket of {@code capacity} within the 2^53 microseconds that a bandwidth may take. */
    private static long slowestRefill(long capacity, Bandwidth whole) {
        return BigInteger.valueOf(capacity * Bandwidth.MICROS_PER_TOKEN)
                        .multiply(BigInteger.valueOf(whole.period().toNanos() / 1000))
                        .shiftRight(53)
                        .longValueExact()
                + 1;
    }
}
