package io.tollgate.ratelimit;

import org.slf4j.Logger;

/**
 * The parts of a limiter that all of its lanes use.
 *
 * @param lastKnown receives the levels of buckets in the replies of Redis
 * @param maxQueued the maximum of decisions that wait for one node
 * @param invalidReplies permits log lines about replies that cannot be read
 */
record LaneContext(
        TokenBucketScript script,
        RedisCounters counters,
        LastKnown lastKnown,
        ErrorTexts texts,
        int maxQueued,
        LogPermits invalidReplies) {
    LaneContext(
            TokenBucketScript script, RedisCounters counters, LastKnown lastKnown, ErrorTexts texts, int maxQueued) {
        this(script, counters, lastKnown, texts, maxQueued, new LogPermits());
    }

    /** Records the levels in a reply. */
    void remember(Pending asked, ScriptReply reply, long nanoTime) {
        // Most buckets are nearly full, and to keep that is worth less than it costs.
        if (reply.isNearlyFull()) {
            lastKnown.full(asked.bucket);
        } else {
            lastKnown.record(KnownLevels.of(asked, reply, nanoTime));
        }
    }

    /** Logs a reply that could not be read, unless too many were logged. */
    void reportInvalidReply(Logger log, String node, RuntimeException problem) {
        if (invalidReplies.take()) {
            log.warn("Redis {} sent an invalid reply: {}{}", node, texts.of(problem), invalidReplies.withheld());
        } else {
            log.debug("Redis {} sent an invalid reply", node, problem);
        }
    }
}
