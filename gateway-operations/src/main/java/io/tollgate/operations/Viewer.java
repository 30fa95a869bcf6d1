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

    /** The ticks within which a viewer must take the next piece of a probe. */
    static final int PROBE_TICKS = 5;

    /** A slow client that reads takes this much within the time. */
    static final int PROBE_PIECE = 64 * 1024;

    /** The ticks after which a viewer that took a probe may get another. */
    private static final int PROBE_PAUSE_TICKS = 30;

    private final Object owner;
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final Consumer<Viewer> leave;
    private final Queue<byte[]> queue = new ArrayDeque<>(MAX_QUEUED);
    private long demand;
    private boolean ended;
    private boolean done;
    private boolean delivering;
    private @Nullable Throwable failure;

    /** The rest of a comment that is larger than the buffers of sockets, to be delivered between the events. */
    private @Nullable ByteBuffer probe;

    private boolean probed;
    private int ticksSinceProbe = PROBE_PAUSE_TICKS;
    private int ticksSinceProgress;

    /** Delivers to {@code subscriber}, for {@code owner}, and calls {@code leave} when no more events are wanted. */
    Viewer(Object owner, Flow.Subscriber<? super ByteBuffer> subscriber, Consumer<Viewer> leave) {
        this.owner = requireNonNull(owner, "owner");
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

    /** Returns whose viewer this is. */
    Object owner() {
        return owner;
    }

    /**
     * Adds a large comment, which only a client that reads can take. It is delivered in pieces, and the stream ends if one is not
     * taken within {@value #PROBE_TICKS} ticks. Calls nobody, and does nothing if there was a probe a short time ago.
     */
    synchronized void probe(byte[] comment) {
        if (mayBeProbed()) {
            probe = ByteBuffer.wrap(comment).asReadOnlyBuffer();
            probed = true;
            ticksSinceProbe = 0;
            ticksSinceProgress = 0;
        }
    }

    /** Returns whether the viewer has had no probe for a while. */
    synchronized boolean mayBeProbed() {
        return !isGone() && !probed && ticksSinceProbe >= PROBE_PAUSE_TICKS;
    }

    /** A second has passed: fails a stream whose probe is not taken. Calls nobody. */
    synchronized void tick() {
        ticksSinceProbe++;
        ticksSinceProgress++;
        if (probed && ticksSinceProgress > PROBE_TICKS && failure == null) {
            failure = new IllegalStateException("The viewer does not read its events");
        }
    }

    /** Ends the stream, and drops what is queued. */
    synchronized void end() {
        ended = true;
        drop();
    }

    private void drop() {
        queue.clear();
        probe = null;
        probed = false;
    }

    /** Returns whether the viewer takes no more events. */
    synchronized boolean isGone() {
        return ended || done || failure != null;
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
        } catch (Throwable e) { // Against the rules of Flow; such a subscriber gets no more.
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
        if (!done && demand > 0 && probe != null) {
            demand--;
            ByteBuffer piece = probe.slice(probe.position(), Math.min(PROBE_PIECE, probe.remaining()));
            probe = probe.remaining() > PROBE_PIECE ? probe.position(probe.position() + PROBE_PIECE) : null;
            probed = demand == 0; // A subscriber that wants more regardless takes all there is.
            return () -> subscriber.onNext(piece);
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
                probed = probe != null; // What was delivered is taken.
                ticksSinceProgress = 0;
                demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            }
        }
        deliver();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            done = true;
            drop();
        }
        leave.accept(this);
    }
}
