package io.tollgate.examples.custompolicy;

import io.tollgate.ratelimit.SharedRateLimiter;

/** Limits that any number of instances share, and that hold without Redis too. */
public final class SharedLimits {
    private SharedLimits() {}

    /** Returns a limiter on the Redis of {@code uri} that decides by itself while that is unavailable. The caller closes it. */
    public static SharedRateLimiter on(String uri, int instances) {
        return SharedRateLimiter.builder(uri)
                .namespace("shop")
                .replicas(instances)
                .build();
    }
}
