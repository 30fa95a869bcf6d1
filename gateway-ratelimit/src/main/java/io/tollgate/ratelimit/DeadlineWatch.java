package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Fails decisions whose deadline passed, whatever their connection is stuck in. As all wait equally long, the oldest is
 * always the next to expire, and one thread that looks at it wakes some 20 times a second.
 */
final class DeadlineWatch implements AutoCloseable {
    private final ConcurrentLinkedQueue<Pending> watched = new ConcurrentLinkedQueue<>();
    private final LongAdder timeouts = new LongAdder();
    private final GatewayException timeout;
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
    }

    long timeouts() {
        return timeouts.sum();
    }

    private void run() {
        while (!closed) {
            // Nothing that is added while this sleeps expires before it wakes.
            LockSupport.parkNanos(this, Math.max(100_000, Math.min(deadlineNanos, expireDue())));
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

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
