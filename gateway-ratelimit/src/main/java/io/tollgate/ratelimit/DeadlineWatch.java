package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails decisions whose deadline passed, whatever their connection is stuck in. As all wait equally long, the oldest is
 * always the next to expire, and one thread that looks at it wakes some 20 times a second.
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
        this.timeout = Outages.of("no answer within " + deadlineNanos / 1_000_000.0 + " ms");
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
            // Nothing that is added while this sleeps expires before it wakes.
            LockSupport.parkNanos(this, Math.max(100_000, Math.min(deadlineNanos, wait)));
        }
    }

    /** Nanoseconds until there may be something to expire. */
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

    /** Ends the watch, and fails all that is not complete: whatever their connections do, nobody waits for them any more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        failAll();
    }
}
