package io.tollgate.examples.benchmarks.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Waiting for a condition that nothing signals. */
public final class Await {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    /** A condition whose check may fail for now. */
    @FunctionalInterface
    public interface Condition {
        /** Returns whether it holds; an exception counts as not yet. */
        boolean holds() throws Exception;
    }

    /**
     * Returns as soon as {@code condition} holds.
     *
     * @throws TimeoutException naming {@code what} if that takes longer than {@code limit}
     */
    public static void until(String what, Duration limit, Condition condition) throws TimeoutException {
        long start = System.nanoTime();
        while (true) {
            Exception last = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IllegalStateException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() - start > limit.toNanos()) {
                TimeoutException timeout = new TimeoutException(what + ": not within " + limit.toSeconds() + " s");
                if (last != null) {
                    timeout.initCause(last);
                }
                throw timeout;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
