package io.tollgate.undertow;

/**
 * The bytes that the requests of one connection hold. Reserves them in large steps, so that a small request costs a comparison; the
 * first few are free.
 */
final class Http2Memory {
    private static final int FREE = 8 * 1024;
    private static final int STEP = 16 * 1024;

    private final GuardedConnection guarded;
    private int held;
    private int reserved;
    private boolean ended;

    /** The part of {@link #held} that bodies take which are arriving, and can be given up. */
    private int arriving;

    Http2Memory(GuardedConnection guarded) {
        this.guarded = guarded;
    }

    /** Reserves bytes; returns whether there is room for them. If not, nothing is reserved. */
    boolean hold(int more) {
        int lacking = held + more - FREE - reserved;
        if (lacking > 0 && !ended) {
            int step = Math.max(STEP, lacking);
            if (!guarded.hold(step)) {
                return false;
            }
            reserved += step;
        }
        held += more;
        noteReleasable();
        return true;
    }

    /** Counts more bytes, of those that are held, as bytes of bodies that can be given up; or fewer. */
    void arriving(int more) {
        arriving += more;
        noteReleasable();
    }

    /** Notes what {@link #trim} would release once the arriving bodies are given up. Never more, so that others may count on it. */
    private void noteReleasable() {
        if (!ended) {
            guarded.place().releasable(arriving == 0 ? 0 : reserved - needed(held - arriving));
        }
    }

    private static int needed(int bytes) {
        return Math.max(0, bytes - FREE);
    }

    /** Releases bytes. */
    void release(int fewer) {
        held -= fewer;
        if (reserved - needed(held) > 2 * STEP || held == 0) {
            trim();
        } else {
            noteReleasable();
        }
    }

    /** Releases what is reserved and not held. */
    void trim() {
        int surplus = reserved - needed(held);
        if (surplus > 0 && !ended) {
            reserved -= surplus;
            noteReleasable();
            guarded.release(surplus);
        }
    }

    /** Releases all bytes, for good. */
    void end() {
        ended = true;
        guarded.place().releasable(0);
        guarded.releaseBytes();
    }

    /** Returns whether any bytes are reserved. */
    boolean isUsed() {
        return reserved > 0;
    }
}
