package io.tollgate.auth.refresh;

import java.util.concurrent.TimeUnit;

/**
 * The clock of a Redis server, as its replies show it: behind by at most the time that a reply took. Unknown before the first
 * reply, since the clocks of two machines may differ by any time. The nodes of a cluster may differ too, and a clock may be set:
 * then this one is wrong until the next reply. Thread-safe.
 */
final class RedisClock {
    /** The difference between the wall clock of Redis and our monotonic clock. */
    private volatile long aheadMillis;

    private volatile boolean known;

    /** Returns whether a time was read. */
    boolean isKnown() {
        return known;
    }

    /** Sets the clock, by a time in a reply that has just been received. */
    void read(long redisMillis) {
        aheadMillis = redisMillis - monotonicMillis(System.nanoTime());
        known = true;
    }

    /** Returns the time that the clock of Redis shows at a reading of {@link System#nanoTime()}. */
    long millisAt(long nanoTime) {
        return monotonicMillis(nanoTime) + aheadMillis;
    }

    private static long monotonicMillis(long nanoTime) {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime);
    }
}
