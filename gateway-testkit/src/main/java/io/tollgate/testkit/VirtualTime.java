package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * Clocks that stand still until a test advances them. Everything of Tollgate that reads a clock accepts one, so that a test of
 * a limit per hour takes no hour:
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * RateLimiter limiter = LocalRateLimiter.builder().time(time).build();
 * takeAllTokens(limiter);
 * time.advance(Duration.ofHours(1));
 * takeAllTokens(limiter);
 * }</pre>
 *
 * <p>The monotonic clock begins below zero, passes it after five seconds, and so has every sign that {@link System#nanoTime} may
 * have. Thread-safe; a change is visible to every thread when the method that makes it returns.
 */
public final class VirtualTime implements TimeSource {
    private static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long NANOS_AT_START = -5_000_000_000L;

    /** Both clocks at one moment. */
    private record Reading(long nanos, Instant wall) {}

    private volatile Reading reading;

    /** Creates clocks at 2026-01-01T00:00:00Z. */
    public VirtualTime() {
        this(DEFAULT_START);
    }

    /** Creates clocks whose wall clock starts at {@code start}. */
    public VirtualTime(Instant start) {
        reading = new Reading(NANOS_AT_START, requireNonNull(start, "start"));
    }

    /**
     * Advances both clocks.
     *
     * @param by if negative, both clocks go back, which a monotonic one never should: for tests of code that survives it
     */
    public synchronized void advance(Duration by) {
        reading = new Reading(reading.nanos() + by.toNanos(), reading.wall().plus(by));
    }

    /** Changes the wall clock alone, in either direction, as an operator or NTP does. */
    public synchronized void jump(Duration by) {
        reading = new Reading(reading.nanos(), reading.wall().plus(by));
    }

    @Override
    public long nanoTime() {
        return reading.nanos();
    }

    @Override
    public Instant now() {
        return reading.wall();
    }

    /** Returns the time of the wall clock. */
    @Override
    public String toString() {
        return "VirtualTime[" + now() + "]";
    }
}
