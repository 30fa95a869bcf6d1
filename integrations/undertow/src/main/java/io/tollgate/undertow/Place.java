package io.tollgate.undertow;

import org.jspecify.annotations.Nullable;

/**
 * The resources that one connection occupies: a place among those of the server, and bytes. The connection's I/O thread sets the
 * stamp and the releasable bytes; any thread may read these, vacate the place, and have bytes promised. Neither the bytes of a
 * vacated place count nor those that are promised: they make room before they are released.
 */
final class Place {
    private static final long BUSY = Phase.BUSY.since(0);

    private final GuardedConnection connection;
    private final @Nullable Object source;
    private volatile boolean taken = true; // written under this
    private volatile long bytes; // written under this
    private volatile long promised; // written under this; at most bytes
    private volatile long releasable;
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

    /** Returns whether the place is taken and could make room, in its phase, that is not promised yet. */
    boolean mayGiveWay() {
        return taken && promised == 0 && (phase() != Phase.SHARED || releasable > 0);
    }

    long bytes() {
        return bytes;
    }

    /** Notes the number of bytes that would be released if the bodies that are arriving were given up. */
    void releasable(long now) {
        if (releasable != now) {
            releasable = now;
        }
    }

    /** Promises the releasable bytes; returns how many these are, or 0 if they are promised already or the place is vacant. */
    synchronized long promise() {
        long now = Math.min(releasable, bytes);
        if (!taken || promised > 0 || now <= 0) {
            return 0;
        }
        promised = now;
        return now;
    }

    /** Ends the promise; returns the bytes that count again, because they were not released. */
    synchronized long endPromise() {
        long before = counted();
        promised = 0;
        return counted() - before;
    }

    /** Vacates the place; returns the bytes that do not count any more, or -1 if it was vacant. */
    synchronized long vacate() {
        if (!taken) {
            return -1;
        }
        long before = counted();
        taken = false;
        return before;
    }

    /** Takes the place again; returns the bytes that count again, or -1 if it was not vacant. */
    synchronized long retake() {
        if (taken) {
            return -1;
        }
        taken = true;
        return counted();
    }

    /** Holds more bytes, or fewer, those that are promised first; returns how many more count. */
    synchronized long hold(long more) {
        long before = counted();
        bytes += more;
        if (more < 0) {
            promised = Math.max(0, promised + more);
        }
        return counted() - before;
    }

    /** Releases all bytes, and returns how many fewer count. */
    synchronized long release() {
        long before = counted();
        bytes = 0;
        promised = 0;
        return before;
    }

    private long counted() {
        return taken ? bytes - promised : 0;
    }
}
