package io.tollgate.ratelimit;

import java.util.Optional;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** The Redis nodes of a limiter, each with some of the buckets. */
interface RedisNodes extends AutoCloseable {
    /** Sends a decision to the node of its bucket; fails it at once if that is impossible. */
    void send(Pending pending);

    /** Called when a node has redirected a decision, which it did not make, to another node. */
    void redirect(Pending pending, JedisRedirectionException redirection);

    /** Called when a connection is lost; what is known of the nodes may be out of date. */
    void lost();

    /** Returns whether one command may have the keys of several buckets, so far as is known. */
    boolean takesSeveralKeys();

    /** Returns whether a decision could be sent now, as far as is known. */
    boolean isUp();

    /** Returns the cause of the trouble that Redis has, if any, without secrets. */
    Optional<String> trouble();

    /** Returns the number of decisions that wait to be sent. */
    int queued();

    @Override
    void close();
}
