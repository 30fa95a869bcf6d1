package io.tollgate.grpc.server;

import io.grpc.ServerCall;

/** A call that receives one message at a time, so that none is in memory whose charge is not decided but the current one. */
final class ChargedCall<Q, A> extends GuardedCall<Q, A> {
    private final Object lock = new Object();

    /** The messages that the handler has requested and not received; guarded by the lock. */
    private int requested;

    ChargedCall(ServerCall<Q, A> call, String requestId) {
        super(call, requestId);
    }

    @Override
    public void request(int count) {
        boolean idle;
        synchronized (lock) {
            idle = requested == 0;
            if (count > 0) {
                requested = (int) Math.min(Integer.MAX_VALUE, (long) requested + count);
            }
        }
        if (count <= 0) {
            super.request(count); // reports the mistake
        } else if (idle) {
            super.request(1);
        }
    }

    /** Requests the next message after one was passed to the handler, if the handler wants more. */
    void received() {
        boolean more;
        synchronized (lock) {
            more = --requested > 0;
        }
        if (more) {
            super.request(1);
        }
    }
}
