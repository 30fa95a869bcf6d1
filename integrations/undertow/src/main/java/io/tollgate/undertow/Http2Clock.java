package io.tollgate.undertow;

/** The deadlines of one connection: of the client taking what is written, of the end of a frame, and of the next request. */
final class Http2Clock {
    private final GuardedConnection guarded;
    private final ServerSettings settings;
    private State state = State.NONE;
    private long units = -1;
    private long since = System.nanoTime();

    /** An event to wait for. */
    enum State {
        NONE,
        /** The client does not take what is written. */
        BLOCKED,
        /** A frame, a field section or the preface has begun to arrive. */
        WITHIN,
        IDLE
    }

    Http2Clock(GuardedConnection guarded, ServerSettings settings) {
        this.guarded = guarded;
        this.settings = settings;
    }

    State state() {
        return state;
    }

    /**
     * Sets the deadline for what is waited for now; it is that from before if nothing has changed.
     *
     * @param unitsNow a number that changes if the client gets on with {@code now}
     */
    void set(State now, long unitsNow) {
        if (now == state && unitsNow == units) {
            return;
        }
        state = now;
        units = unitsNow;
        if (now == State.NONE) {
            guarded.neverExpire();
            return;
        }
        since = System.nanoTime();
        guarded.expireAt(since
                + switch (now) {
                    case BLOCKED -> settings.limits().writeTimeout().toNanos();
                    case WITHIN -> settings.heads().timeout().toNanos();
                    default -> settings.idleTimeout().toNanos();
                });
    }
}
