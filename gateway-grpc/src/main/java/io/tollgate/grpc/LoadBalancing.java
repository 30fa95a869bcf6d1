package io.tollgate.grpc;

/** The way in which the calls of an {@link Upstream} are distributed over its backends. */
public enum LoadBalancing {
    /** Each backend that is connected gets a call in turn. */
    ROUND_ROBIN,
    /**
     * All calls go to one backend: of a list the first that can be reached, of the addresses of a name any. The others stand by,
     * without a connection.
     */
    PICK_FIRST
}
