package io.tollgate.operations;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One viewer of the live page: a queue of a few events between the feed and the server that writes them. A viewer that does not
 * take its events has its stream ended; its page connects again. Thread-safe.
 */
final class Viewer implements Flow.Subscription {
    private static final Logger log = LoggerFactory.getLogger(Viewer.class);

    /** The most events that wait for a viewer. */
    static final int MAX_QUEUED = 10;

    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final Consumer<Viewer> leave;
    private final Queue<byte[]> queue = new ArrayDeque<>(MAX_QUEUED);
    private long demand;
    private boolean ended;
    private boolean done;
    private boolean delivering;
    private @Nullable Throwable failure;

    /** Delivers to {@code subscriber}, and calls {@code leave} when no more events are wanted. */
    Viewer(Flow.Subscriber<? super ByteBuffer> subscriber, Consumer<Viewer> leave) {
        this.subscriber = requireNonNull(subscriber, "subscriber");
        this.leave = leave;
    }

    /** Adds an event, which {@link #deliver} sends. Calls nobody. */
    synchronized void add(byte[] event) {
        if (ended || done) {
            return;
        }
        if (queue.size() == MAX_QUEUED) {
            end();
        } else {
            queue.add(event);
        }
    }

    /** Ends the stream, and drops what is queued. */
    synchronized void end() {
        ended = true;
        queue.clear();
    }

    /** Returns whether the viewer takes no more events. */
    synchronized boolean isGone() {
        return ended || done;
    }

    /** Delivers what is queued and wanted, unless another thread is doing so. */
    void deliver() {
        synchronized (this) {
            if (delivering) {
                return; // The other thread looks again before it stops.
            }
            delivering = true;
        }
        try {
            for (Runnable signal = next(); signal != null; signal = next()) {
                signal.run();
            }
        } catch (RuntimeException e) { // Against the rules of Flow; such a subscriber gets no more.
            log.atWarn().setCause(e).log("A subscriber of the live page failed");
            cancel();
        }
    }

    private synchronized @Nullable Runnable next() {
        if (!done && failure != null) {
            done = true;
            Throwable cause = failure;
            return () -> subscriber.onError(cause);
        }
        if (!done && demand > 0 && !queue.isEmpty()) {
            demand--;
            ByteBuffer event = ByteBuffer.wrap(queue.remove()).asReadOnlyBuffer();
            return () -> subscriber.onNext(event);
        }
        if (!done && ended) {
            done = true;
            return subscriber::onComplete;
        }
        delivering = false;
        return null;
    }

    @Override
    public void request(long n) {
        synchronized (this) {
            if (n <= 0) {
                failure = new IllegalArgumentException("n: " + n + " (expected: > 0)");
            } else {
                demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            }
        }
        deliver();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            done = true;
            queue.clear();
        }
        leave.accept(this);
    }
}
