package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails decisions whose deadline has passed, even if their connection is stuck. All have the same timeout, so the
 * oldest is always the next to expire; one thread looks at it about 20 times a second.
 */
final class DeadlineWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeadlineWatch.class);

    private final Once survived = new Once();
    private final ConcurrentLinkedQueue<Pending> watched = new ConcurrentLinkedQueue<>();
    private final LongAdder timeouts = new LongAdder();
    private final GatewayException timeout;
    private final GatewayException ended = Outages.of("the limiter was closed");
    private final long deadlineNanos;
    private final Thread thread;
    private volatile boolean closed;

    DeadlineWatch(String name, long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
        this.timeout = Outages.of("no reply within " + deadlineNanos / 1_000_000.0 + " ms");
        this.thread = new Thread(this::run, name + "-deadlines");
        thread.setDaemon(true);
        thread.start();
    }

    void add(Pending pending) {
        watched.add(pending);
        if (closed) {
            failAll();
        }
    }

    long timeouts() {
        return timeouts.sum();
    }

    private void run() {
        while (!closed) {
            long wait = deadlineNanos;
            try {
                wait = expireDue();
            } catch (Throwable e) {
                survived.warn(log, "The watch over deadlines goes on after an error", e);
            }
            // A decision that is added during the sleep does not expire before its end.
            LockSupport.parkNanos(this, Math.max(100_000, Math.min(deadlineNanos, wait)));
        }
    }

    /** Fails what has expired, and returns the nanoseconds until the next may expire. */
    private long expireDue() {
        @Nullable Pending oldest;
        while ((oldest = watched.peek()) != null) {
            if (!oldest.isDone()) {
                long left = oldest.deadlineNanos - System.nanoTime();
                if (left > 0) {
                    return left;
                }
                if (oldest.completeExceptionally(timeout)) {
                    timeouts.increment();
                }
            }
            watched.poll();
        }
        return deadlineNanos;
    }

    private void failAll() {
        @Nullable Pending pending;
        while ((pending = watched.poll()) != null) {
            pending.completeExceptionally(ended);
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
