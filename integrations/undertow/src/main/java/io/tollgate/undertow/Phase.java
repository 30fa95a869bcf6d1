package io.tollgate.undertow;

/** What a connection does. Together with the time since when, it fits into one long, which any thread may read. */
enum Phase {
    /** Waits for a request. */
    IDLE,
    /** The head of a request has begun to arrive. */
    HEAD,
    /** The body of a request arrives. */
    BODY,
    /** The client does not take what is written. */
    STALLED,
    /** A request is handled. */
    BUSY,
    /** The last response is written. */
    CLOSING;

    private static final Phase[] ALL = values();
    private static final int BITS = 3;

    /** The bits of the time that are dropped: what is left counts about microseconds. */
    private static final int COARSE = 10;

    /** Returns the stamp of a connection that is in this phase since {@code nanos}. */
    long since(long nanos) {
        return ((nanos >> COARSE) << BITS) | ordinal();
    }

    static Phase of(long stamp) {
        return ALL[(int) (stamp & ((1 << BITS) - 1))];
    }

    /** Returns the reading of {@link System#nanoTime()} at which the phase began, rounded down. */
    static long sinceNanos(long stamp) {
        return (stamp >> BITS) << COARSE;
    }
}
