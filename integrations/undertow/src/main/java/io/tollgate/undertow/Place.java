package io.tollgate.undertow;

import org.jspecify.annotations.Nullable;

/**
 * The resources that one connection occupies: a place among those of the server, and bytes. The connection's I/O thread sets the
 * stamp; any thread may read it and vacate the place. The bytes of a vacated place do not count.
 */
final class Place {
    private static final long BUSY = Phase.BUSY.since(0);

    private final GuardedConnection connection;
    private final @Nullable Object source;
    private volatile boolean taken = true; // written under this
    private volatile long bytes; // written under this
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
        return taken;
    }

    long bytes() {
        return bytes;
    }

    /** Vacates the place; returns the bytes that do not count any more, or -1 if it was vacant. */
    synchronized long vacate() {
        if (!taken) {
            return -1;
        }
        taken = false;
        return bytes;
    }

    /** Takes the place again; returns the bytes that count again, or -1 if it was not vacant. */
    synchronized long retake() {
        if (taken) {
            return -1;
        }
        taken = true;
        return bytes;
    }

    /** Holds more bytes, or fewer; returns how many more count. */
    synchronized long hold(long more) {
        bytes += more;
        return taken ? more : 0;
    }

    /** Releases all bytes, and returns how many fewer count. */
    synchronized long release() {
        long held = taken ? bytes : 0;
        bytes = 0;
        return held;
    }
}
