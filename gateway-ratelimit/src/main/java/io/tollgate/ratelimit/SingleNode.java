package io.tollgate.ratelimit;

import java.util.Optional;
import java.util.function.Supplier;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** All buckets on one node: a standalone Redis, or the master that the sentinels name when a connection is made. */
final class SingleNode implements RedisNodes {
    private final RedisLane lane;

    SingleNode(String name, Supplier<RedisLink> connector, LaneContext context) {
        this.lane = new RedisLane(name, connector, this, context);
        lane.start();
    }

    @Override
    public void send(Pending pending) {
        lane.offer(pending);
    }

    @Override
    public void redirect(Pending pending, JedisRedirectionException redirection) {
        pending.completeExceptionally(
                Outages.of("the node is part of a cluster (expected: cluster(...) in the builder)"));
    }

    @Override
    public void lost() {
        // The next connection finds the new master.
    }

    @Override
    public boolean takesSeveralKeys() {
        return true;
    }

    @Override
    public boolean isUp() {
        return lane.isUp();
    }

    @Override
    public Optional<String> trouble() {
        return lane.trouble();
    }

    @Override
    public int queued() {
        return lane.queued();
    }

    @Override
    public void close() {
        lane.close();
    }
}
