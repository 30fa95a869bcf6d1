package io.tollgate.ratelimit;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Pauses between attempts to connect, which grow from 50 ms to a second, with jitter. Not thread-safe. */
final class Backoff {
    static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A connection that was lost sooner than this is not replaced at once. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long pauseNanos = MIN_NANOS;
    private long connectedAt;

    void connected() {
        connectedAt = System.nanoTime();
    }

    /** Returns whether the last connection lasted so long that another may be made at once. */
    boolean wasStable() {
        return System.nanoTime() - connectedAt >= STABLE_NANOS;
    }

    /** Begins again with the shortest pause. */
    void reset() {
        pauseNanos = MIN_NANOS;
    }

    /** Returns the next pause. */
    long nextNanos() {
        long pause = pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2);
        pauseNanos = Math.min(2 * pauseNanos, MAX_NANOS);
        return pause;
    }
}
