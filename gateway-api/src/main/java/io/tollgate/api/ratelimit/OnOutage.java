package io.tollgate.api.ratelimit;

/** The decision on a check while the shared store is unavailable. */
public enum OnOutage {
    /** Each instance enforces its share of the limit, with buckets of its own. */
    LOCAL,
    /** The check is allowed. */
    ALLOW,
    /** The check is rejected. */
    DENY
}
