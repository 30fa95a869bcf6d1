package io.tollgate.examples.custompolicy;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;

/** Limits that any number of instances share, and that hold without Redis too. */
public final class SharedLimits {
    private SharedLimits() {}

    /** A limiter that asks {@code redis}, which the caller made and closes, and decides by itself while that is away. */
    public static RateLimiter of(RedisRateLimiter redis, int instances) {
        return FallbackRateLimiter.builder(redis).replicas(instances).build();
    }
}
