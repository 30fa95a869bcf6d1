package io.tollgate.ratelimit;

/**
 * What a {@link RedisRateLimiter} counted since it was built, and how it is.
 *
 * @param decisions decisions sent to Redis
 * @param refunds refunds sent to Redis
 * @param lostRefunds refunds that failed, for whatever reason: not sent, or without a reply in time
 * @param batches flushes that decisions and refunds were sent in
 * @param timeouts decisions and refunds that failed because their deadline passed
 * @param overflows decisions and refunds that failed because the queue was full
 * @param scriptLoads times that a node had lost the script and got it anew
 * @param connectFailures attempts to connect that failed, and connections to nodes that took no decisions
 * @param redirections decisions and refunds that a cluster's node sent on to another
 * @param queued decisions and refunds that wait to be sent now
 * @param up whether there is a connection, as far as is known; in a cluster, to every master
 */
public record RedisStats(
        long decisions,
        long refunds,
        long lostRefunds,
        long batches,
        long timeouts,
        long overflows,
        long scriptLoads,
        long connectFailures,
        long redirections,
        int queued,
        boolean up) {}
