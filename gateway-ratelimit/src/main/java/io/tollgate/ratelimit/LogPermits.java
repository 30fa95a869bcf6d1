package io.tollgate.ratelimit;

import java.util.concurrent.TimeUnit;

/** Permits three log lines at once, and then one in ten seconds. Thread-safe. */
final class LogPermits {
    private static final int AT_ONCE = 3;
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int permits = AT_ONCE;
    private long refilledAt = System.nanoTime();
    private long withheld;

    /** Returns whether a line may be logged now; it counts as withheld otherwise. */
    synchronized boolean take() {
        long now = System.nanoTime();
        long earned = (now - refilledAt) / INTERVAL_NANOS;
        refilledAt += earned * INTERVAL_NANOS;
        permits = (int) Math.min(AT_ONCE, permits + earned);
        if (permits == 0) {
            withheld++;
            return false;
        }
        permits--;
        return true;
    }

    /** Returns the number of lines that were withheld since it was last asked for, as the end of a line. */
    synchronized String withheld() {
        String end = withheld == 0 ? "" : " (and " + withheld + " more times since this was last logged)";
        withheld = 0;
        return end;
    }
}
