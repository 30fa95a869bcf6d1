package io.tollgate.grpc;

/** The state of a connection of an {@link Upstream}, in the terms of gRPC's connectivity semantics. */
public enum Connectivity {
    /** No connection, and none wanted: the next call, or {@link Upstream#connect()}, makes one. */
    IDLE,
    /** A connection is being made. */
    CONNECTING,
    /** Connected. */
    READY,
    /** The last attempt failed; the next one comes after a while. Calls fail at once. */
    TRANSIENT_FAILURE,
    /** Closed for good. */
    SHUTDOWN
}
