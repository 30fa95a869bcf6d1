package io.tollgate.operations;

/** The kind of a component, which decides what its being down means for readiness. */
public enum ComponentKind {
    /** A listener of the server. Without it the whole is down. */
    LISTENER,
    /** The keys that tokens are verified with. Without them the whole is down. */
    KEYS,
    /** A service that the server calls. The whole is down if all of them are, and degraded if some are. */
    UPSTREAM,
    /** The rate limiter. Without it the whole is degraded. */
    LIMITER,
    /** The shared store of the rate limiter. Without it the whole is degraded. */
    REDIS,
    /** Anything else. Without it the whole is degraded. */
    OTHER
}
