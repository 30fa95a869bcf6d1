package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one instance during an outage. A bucket holds no more than its share of the level in the latest reply of Redis, and what
 * is earned from then on.
 */
final class LocalFallback {
    private final LocalRateLimiter local;
    private final Share share;
    private final @Nullable RedisRateLimiter redis;
    private final TimeSource time;
    private final long retryNanos;

    /** @param shared the limiter that this one stands in for */
    LocalFallback(RateLimiter shared, LocalRateLimiter local, int replicas, TimeSource time, Duration retry) {
        this.redis = redisOf(shared);
        this.local = local;
        this.share = new Share(replicas);
        this.time = time;
        this.retryNanos = retry.toNanos();
    }

    RateLimitDecision decide(RateLimitCheck check) {
        return switch (check.onOutage()) {
            case LOCAL -> local(check);
            case ALLOW -> fixed(check, true);
            case DENY -> fixed(check, false);
        };
    }

    private RateLimitDecision local(RateLimitCheck check) {
        RateLimitCheck own = share.of(check);
        KnownLevels known = redis == null ? null : redis.lastKnown(check);
        if (known != null) {
            local.lower(own, known);
        }
        return local.decide(own, check, RateLimitDecision.Source.FALLBACK);
    }

    /** Returns the limiter that knows buckets in Redis; null if there is none behind {@code shared}. */
    private static @Nullable RedisRateLimiter redisOf(RateLimiter shared) {
        if (shared instanceof LeasingRateLimiter leasing) {
            return redisOf(leasing.shared());
        }
        return shared instanceof RedisRateLimiter redis ? redis : null;
    }

    /**
     * Gives back the tokens of a decision that was made here. {@code check} is the one of the caller, not its share.
     */
    void giveBack(RateLimitCheck check) {
        local.giveBack(share.of(check));
    }

    /**
     * Returns a decision without a bucket: allowed, it reports a full bucket; rejected, an empty one until the next
     * probe.
     */
    private RateLimitDecision fixed(RateLimitCheck check, boolean allowed) {
        Bandwidth bandwidth = check.limit().bandwidths().get(0);
        long wait = allowed ? 0 : retryNanos;
        return new RateLimitDecision(
                check,
                bandwidth,
                allowed,
                allowed ? bandwidth.capacity() : 0,
                Time.epochMicros(time.now()),
                wait,
                wait,
                wait,
                RateLimitDecision.Source.ASSUMED);
    }
}
