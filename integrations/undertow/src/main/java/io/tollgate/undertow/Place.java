package io.tollgate.undertow;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one connection occupies: its place among the connections of the server, and bytes. Its stamp is set by the connection's
 * I/O thread; any thread may read it and take the place away.
 */
final class Place {
    private static final long BUSY = Phase.BUSY.since(0);

    private final GuardedConnection connection;
    private final @Nullable Object source;
    private final AtomicBoolean taken = new AtomicBoolean(true);
    private final AtomicLong bytes = new AtomicLong();
    private volatile long stamp = Phase.IDLE.since(System.nanoTime());

    /**
     * Takes a place.
     *
     * @param source for whom the connection counts, beside counting among all; null for nobody
     */
    Place(GuardedConnection connection, @Nullable Object source) {
        this.connection = connection;
        this.source = source;
    }

    GuardedConnection connection() {
        return connection;
    }

    @Nullable
    Object source() {
        return source;
    }

    long stamp() {
        return stamp;
    }

    Phase phase() {
        return Phase.of(stamp);
    }

    /** Enters a phase now. */
    void enter(Phase phase) {
        stamp = phase.since(System.nanoTime());
    }

    /** Becomes busy, for which the time does not matter. */
    void busy() {
        stamp = BUSY;
    }

    boolean isTaken() {
        return taken.get();
    }

    /** Gives the place up; returns whether it was taken. */
    boolean vacate() {
        return taken.compareAndSet(true, false);
    }

    /** Takes the place again; returns whether it was free. */
    boolean retake() {
        return taken.compareAndSet(false, true);
    }

    void hold(long more) {
        bytes.addAndGet(more);
    }

    boolean holdsBytes() {
        return bytes.get() != 0;
    }

    /** Gives all bytes up, and returns their number. */
    long letGo() {
        return bytes.get() == 0 ? 0 : bytes.getAndSet(0);
    }
}
