package io.tollgate.api.guard;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that the test moves. */
final class ManualTime implements TimeSource {
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - 1_000_000); // Soon overflows, as System.nanoTime may.

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-01-02T03:04:05Z");
    }
}
