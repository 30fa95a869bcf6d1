package io.tollgate.undertow;

/** A phase of a connection. Together with the time at which it began it fits into one long, which any thread may read. */
enum Phase {
    /** Waits for a request. */
    IDLE(0),
    /** The head of a request has begun to arrive. */
    HEAD(1),
    /** The body of a request arrives. */
    BODY(2),
    /** The client does not take what is written. */
    STALLED(3),
    /** A request is handled. */
    BUSY(4),
    /** The last response is written, or a connection without a place waits to be rejected; what else arrives is discarded. */
    CLOSING(5),
    /** Requests are handled, while the bodies of others arrive: the latter can be given up. */
    SHARED(6);

    private static final Phase[] ALL = values();
    private static final int BITS = 3;

    /** The bits of the time that are dropped: what is left counts about microseconds. */
    private static final int COARSE = 10;

    /** The place in the order of declaration, which the stamp has. */
    private final int number;

    Phase(int number) {
        this.number = number;
    }

    /** Returns the stamp of a connection that is in this phase since {@code nanos}. */
    long since(long nanos) {
        return ((nanos >> COARSE) << BITS) | number;
    }

    static Phase of(long stamp) {
        return ALL[(int) (stamp & ((1 << BITS) - 1))];
    }

    /** Returns the reading of {@link System#nanoTime()} at which the phase began, rounded down. */
    static long sinceNanos(long stamp) {
        return (stamp >> BITS) << COARSE;
    }
}
