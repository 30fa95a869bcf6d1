package io.tollgate.ratelimit;

import redis.clients.jedis.exceptions.JedisRedirectionException;

/** The Redis nodes of a limiter: which of them a bucket is on. */
interface RedisNodes extends AutoCloseable {
    /** Sends a decision to the node of its bucket, or fails it at once. */
    void send(Pending pending);

    /** A node said that another has the bucket. It did nothing, so the other may be asked. */
    void redirect(Pending pending, JedisRedirectionException redirection);

    /** A connection was lost, and with it perhaps what is known of the nodes. */
    void lost();

    /** Whether a decision could be sent now, as far as is known. */
    boolean isUp();

    /** Decisions that wait to be sent. */
    int queued();

    @Override
    void close();
}
