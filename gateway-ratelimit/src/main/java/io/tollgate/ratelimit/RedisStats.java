package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The counters of a {@link RedisRateLimiter} since it was built, and its state.
 *
 * @param decisions decisions sent to Redis
 * @param refunds refunds sent to Redis
 * @param lostRefunds refunds that failed for any reason: they were not sent, or had no reply in time
 * @param batches flushes in which decisions and refunds were sent
 * @param timeouts decisions and refunds that failed because their deadline passed
 * @param overflows decisions and refunds that failed because the queue was full
 * @param scriptLoads times that a node had lost the scripts and received them again
 * @param connectFailures failed attempts to connect, and connections to nodes that could not decide
 * @param invalidReplies replies that no decision or refund can have, so that these failed
 * @param redirections decisions and refunds that a node of a cluster redirected to another
 * @param queued decisions and refunds that wait to be sent now
 * @param up whether there is a connection, as far as is known; in a cluster, to every master
 * @param trouble the reason why there is no connection, or why the node does not decide, such as {@code NOAUTH
 *     Authentication required.}; empty if there is none. For people, and without secrets
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
        long invalidReplies,
        long redirections,
        int queued,
        boolean up,
        Optional<String> trouble) {
    /** Checks that there is a text or none. */
    public RedisStats {
        requireNonNull(trouble, "trouble");
    }
}
