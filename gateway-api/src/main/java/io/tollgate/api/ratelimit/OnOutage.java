package io.tollgate.api.ratelimit;

/** What becomes of a check while the store that the buckets are shared in cannot be asked. */
public enum OnOutage {
    /** Each instance enforces its share of the limit from its own memory. */
    LOCAL,
    /** The request passes. */
    ALLOW,
    /** The request is refused. */
    DENY
}
