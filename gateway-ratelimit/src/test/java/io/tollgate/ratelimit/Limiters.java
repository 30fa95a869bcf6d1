package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;

/** Limiters whose buckets are in this process. */
final class Limiters {
    private Limiters() {}

    static LocalRateLimiter local(TimeSource time) {
        return local(time, 100_000);
    }

    static LocalRateLimiter local(TimeSource time, int maxKeys) {
        return LocalRateLimiter.builder().time(time).maxKeys(maxKeys).build();
    }
}
