package io.tollgate.grpc;

import java.util.function.LongSupplier;

/**
 * Limits retries to a share of the calls of the last 10 seconds, beside one a second that are always there, so that the retries of
 * rare calls are not withheld. A service that fails since it is busy thus gets a tenth more to do, and not three times as
 * much. Thread-safe.
 */
final class RetryBudget {
    static final int DEFAULT_PERCENT = 10;
    private static final int SECONDS = 10;

    private final int percent;
    private final LongSupplier nanoTime;
    private final SlidingCount calls; // all guarded by this
    private final SlidingCount retries;
    private int reserved;
    private long retried;
    private long withheld;

    /**
     * Counts from now on.
     *
     * @param percent the share of the calls; with 0 there are no retries at all
     */
    RetryBudget(int percent, LongSupplier nanoTime) {
        this.percent = percent;
        this.nanoTime = nanoTime;
        this.calls = new SlidingCount(SECONDS, nanoTime.getAsLong());
        this.retries = new SlidingCount(SECONDS, nanoTime.getAsLong());
    }

    /** Counts a call that may be retried. */
    synchronized void called() {
        calls.add(nanoTime.getAsLong());
    }

    /** Reserves a retry, to be begun or released; returns whether one is left. If not, counts it as withheld. */
    synchronized boolean reserve() {
        long now = nanoTime.getAsLong();
        long allowed = percent == 0 ? 0 : SECONDS + calls.sum(now) * percent / 100;
        if (retries.sum(now) + reserved >= allowed) {
            withheld++;
            return false;
        }
        reserved++;
        return true;
    }

    /** Spends a reserved retry, which is sent now. */
    synchronized void begin() {
        reserved--;
        retries.add(nanoTime.getAsLong());
        retried++;
    }

    /** Releases a reserved retry that is never sent. */
    synchronized void release() {
        reserved--;
    }

    synchronized long retried() {
        return retried;
    }

    synchronized long withheld() {
        return withheld;
    }
}
