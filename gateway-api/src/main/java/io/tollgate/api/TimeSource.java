package io.tollgate.api;

import java.time.Instant;

/**
 * The two clocks that Tollgate reads: a monotonic one for durations, and the wall clock for what tokens and people see. Tests
 * use clocks that they advance themselves, such as {@code VirtualTime} of {@code gateway-testkit}:
 *
 * <pre>{@code
 * final class ManualTime implements TimeSource {
 *     private final AtomicLong nanos = new AtomicLong();
 *
 *     void advance(Duration by) {
 *         nanos.addAndGet(by.toNanos());
 *     }
 *
 *     public long nanoTime() {
 *         return nanos.get();
 *     }
 *
 *     public Instant now() {
 *         return Instant.EPOCH.plusNanos(nanos.get());
 *     }
 * }
 * }</pre>
 *
 * <p>Implementations are thread-safe and never block.
 */
public interface TimeSource {
    /** Returns nanoseconds since an arbitrary origin. Never decreases; only differences are meaningful. */
    long nanoTime();

    /** Returns the time of the wall clock, which may jump in either direction. */
    Instant now();

    /** Returns the clocks of the system: {@link System#nanoTime} and {@link Instant#now}. */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
