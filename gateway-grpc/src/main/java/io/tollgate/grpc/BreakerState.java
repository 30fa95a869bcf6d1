package io.tollgate.grpc;

/** The state of the circuit breaker of an {@link Upstream}. */
public enum BreakerState {
    /** Calls pass, and their outcomes are counted. */
    CLOSED,
    /** Too many calls failed: every call is rejected. Stays so until the first call after the time to wait. */
    OPEN,
    /** A few calls pass as probes, whose outcome decides; the others are rejected. */
    HALF_OPEN,
    /** There is no breaker: calls pass and nothing is counted. */
    OFF
}
