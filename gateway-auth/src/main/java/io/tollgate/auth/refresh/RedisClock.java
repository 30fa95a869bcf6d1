package io.tollgate.auth.refresh;

import java.util.concurrent.TimeUnit;

/**
 * The clock of a Redis server, as far as its replies tell. Before the first reply, it is taken to agree with ours. Nodes of a
 * cluster whose clocks differ make it wrong now and then; whoever relies on it reads a reply and tries again. Thread-safe.
 */
final class RedisClock {
    /** The difference between the wall clock of Redis and our monotonic clock. */
    private volatile long aheadMillis = System.currentTimeMillis() - monotonicMillis(System.nanoTime());

    /** Sets the clock, by a time in a reply that has just been received. */
    void read(long redisMillis) {
        aheadMillis = redisMillis - monotonicMillis(System.nanoTime());
    }

    /** Returns the time that the clock of Redis shows at a reading of {@link System#nanoTime()}. */
    long millisAt(long nanoTime) {
        return monotonicMillis(nanoTime) + aheadMillis;
    }

    private static long monotonicMillis(long nanoTime) {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime);
    }
}
