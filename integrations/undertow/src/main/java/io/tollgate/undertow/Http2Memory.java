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
        return true;
    }

    /** Releases bytes. */
    void release(int fewer) {
        held -= fewer;
        int surplus = reserved - Math.max(0, held - FREE);
        if (ended) {
            return;
        }
        if (surplus > 2 * STEP || (held == 0 && reserved > 0)) {
            reserved -= surplus;
            guarded.release(surplus);
        }
    }

    /** Releases all bytes, for good. */
    void end() {
        ended = true;
        guarded.releaseBytes();
    }

    /** Returns whether any bytes are reserved. */
    boolean isUsed() {
        return reserved > 0;
    }
}
