package io.tollgate.api.guard;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** A clock that the test moves. */
final class ManualTime implements TimeSource {
    private volatile long nanos = Long.MAX_VALUE - 1_000_000; // Soon overflows, as System.nanoTime may.

    void advance(Duration by) {
        nanos += by.toNanos();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-01-02T03:04:05Z");
    }
}
