package io.tollgate.auth;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that a test moves, both together. */
public final class ManualTime implements TimeSource {
    private final Instant start;
    private final AtomicLong passed = new AtomicLong();

    public ManualTime(Instant start) {
        this.start = start;
    }

    public void advance(Duration by) {
        passed.addAndGet(by.toNanos());
    }

    @Override
    public long nanoTime() {
        return passed.get();
    }

    @Override
    public Instant now() {
        return start.plusNanos(passed.get());
    }
}
