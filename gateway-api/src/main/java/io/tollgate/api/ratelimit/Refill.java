package io.tollgate.api.ratelimit;

/** The way in which a token bucket earns its tokens. */
public enum Refill {
    /** Continuously: a fraction of a token for every fraction of the period. */
    GREEDY,
    /** All tokens of a period at once, when the period ends; periods count from the use of a full bucket. */
    INTERVAL
}
