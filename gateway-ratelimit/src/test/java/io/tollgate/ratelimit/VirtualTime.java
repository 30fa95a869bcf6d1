package io.tollgate.ratelimit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock and a wall clock that pass when told to. */
final class VirtualTime extends Clock {
    final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final Instant start = Instant.parse("2024-01-01T00:00:00Z");

    long nanos() {
        return nanos.get();
    }

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    LocalRateLimiter limiter() {
        return limiter(100_000);
    }

    LocalRateLimiter limiter(int maxKeys) {
        return LocalRateLimiter.builder()
                .ticker(this::nanos)
                .clock(this)
                .maxKeys(maxKeys)
                .build();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.get() + 5_000_000_000L);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
