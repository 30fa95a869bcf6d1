package io.tollgate.runner;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import java.time.Clock;
import java.time.Instant;

/** The wall clock that a gateway was built with, and the monotonic one of the system. */
record ClockTime(Clock clock) implements TimeSource {
    ClockTime {
        requireNonNull(clock, "clock");
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }
}
