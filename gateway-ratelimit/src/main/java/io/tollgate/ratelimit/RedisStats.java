package io.tollgate.ratelimit;

/**
 * What a {@link RedisRateLimiter} counted since it was built, and how it is.
 *
 * @param decisions decisions sent to Redis
 * @param batches flushes they were sent in
 * @param timeouts decisions that failed because their deadline passed
 * @param overflows decisions that failed because the queue was full
 * @param scriptLoads times that a node had lost the script and got it anew
 * @param connectFailures attempts to connect that failed, and connections to nodes that took no decisions
 * @param redirections decisions that a cluster's node sent on to another
 * @param queued decisions that wait to be sent now
 * @param up whether there is a connection, as far as is known; in a cluster, to every master
 */
public record RedisStats(
        long decisions,
        long batches,
        long timeouts,
        long overflows,
        long scriptLoads,
        long connectFailures,
        long redirections,
        int queued,
        boolean up) {}
