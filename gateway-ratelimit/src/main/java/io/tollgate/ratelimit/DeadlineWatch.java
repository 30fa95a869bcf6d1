package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails decisions whose deadline has passed, even if their connection is stuck. All have the same timeout, so the
 * oldest is always the next to expire. One thread looks at them at least 20 times a second, and lets go of those that
 * are complete, whatever the deadline; none is let go of before it is complete. A new decision does not wake the thread,
 * so a pause is never longer than the deadline.
 */
final class DeadlineWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeadlineWatch.class);
    private static final long MIN_PAUSE_NANOS = 100_000;
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Once survived = new Once();
    /** Not looked at yet. */
    private final ConcurrentLinkedQueue<Pending> added = new ConcurrentLinkedQueue<>();
    /** Not complete when they were last looked at; the oldest first. Guarded by itself. */
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();

    private final LongAdder timeouts = new LongAdder();
    private final GatewayException timeout;
    private final GatewayException ended = Outages.of("the limiter was closed");
    private final Thread thread;
    private final long maxPauseNanos;
    private volatile boolean closed;

    DeadlineWatch(String name, long deadlineNanos) {
        this.timeout = Outages.of("no reply within " + deadlineNanos / 1_000_000.0 + " ms");
        this.maxPauseNanos = maxPauseNanos(deadlineNanos);
        this.thread = new Thread(this::run, name + "-deadlines");
        thread.setDaemon(true);
        thread.start();
    }

    static long maxPauseNanos(long deadlineNanos) {
        return Math.max(MIN_PAUSE_NANOS, Math.min(MAX_PAUSE_NANOS, deadlineNanos));
    }

    void add(Pending pending) {
        added.add(pending);
        if (closed) {
            failAll();
        }
    }

    long timeouts() {
        return timeouts.sum();
    }

    private void run() {
        while (!closed) {
            long pause = maxPauseNanos;
            try {
                pause = expireDue();
            } catch (Throwable e) {
                survived.warn(log, "The watch over deadlines continues after an error", e);
            }
            // A callback may have interrupted this thread, and then nothing would pause.
            Thread.interrupted();
            LockSupport.parkNanos(this, Math.max(MIN_PAUSE_NANOS, Math.min(maxPauseNanos, pause)));
        }
    }

    /** Fails what has expired, and returns the nanoseconds until the next may expire. */
    private long expireDue() {
        letGoOfComplete();
        @Nullable Pending oldest;
        while ((oldest = oldestWaiting()) != null) {
            long left = oldest.deadlineNanos - System.nanoTime();
            if (left > 0) {
                return left;
            }
            // Callbacks run here, so the lock is not held.
            if (oldest.completeExceptionally(timeout)) {
                timeouts.increment();
                oldest.letGo();
            }
        }
        return maxPauseNanos;
    }

    private void letGoOfComplete() {
        synchronized (waiting) {
            takeAdded();
            waiting.removeIf(Pending::isDone);
        }
    }

    private void takeAdded() {
        @Nullable Pending pending;
        while ((pending = added.poll()) != null) {
            waiting.add(pending);
        }
    }

    /** Returns the oldest that is not complete, which stays where it is; null if there is none. */
    private @Nullable Pending oldestWaiting() {
        synchronized (waiting) {
            while (true) {
                Pending oldest = waiting.peek();
                if (oldest == null || !oldest.isDone()) {
                    return oldest;
                }
                waiting.remove();
            }
        }
    }

    private void failAll() {
        letGoOfComplete();
        @Nullable Pending oldest;
        while ((oldest = oldestWaiting()) != null) {
            oldest.completeExceptionally(ended);
        }
    }

    /** Stops the watch, and fails all decisions that are not complete, whatever the state of their connections. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        failAll();
    }
}
