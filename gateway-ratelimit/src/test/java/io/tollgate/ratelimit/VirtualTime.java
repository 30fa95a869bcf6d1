package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock and a wall clock that pass when told to. */
final class VirtualTime implements TimeSource {
    private static final long START = -5_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(START);
    private volatile Instant wallAtStart = Instant.parse("2024-01-01T00:00:00Z");

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    /** Has the wall clock jump. */
    void jump(Duration by) {
        wallAtStart = wallAtStart.plus(by);
    }

    LocalRateLimiter limiter() {
        return limiter(100_000);
    }

    LocalRateLimiter limiter(int maxKeys) {
        return LocalRateLimiter.builder().time(this).maxKeys(maxKeys).build();
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return wallAtStart.plusNanos(nanos.get() - START);
    }
}
