package io.tollgate.grpc;

/** The state of the circuit breaker of an {@link Upstream}. */
public enum BreakerState {
    /** Calls pass, and their outcomes are counted. */
    CLOSED,
    /** Too many calls failed: every call is rejected, until the first one after the time to wait, or until a lost connection is back. */
    OPEN,
    /** A few calls pass as probes, whose outcome decides; the others are rejected. */
    HALF_OPEN,
    /** There is no breaker: calls pass and nothing is counted. */
    OFF
}
