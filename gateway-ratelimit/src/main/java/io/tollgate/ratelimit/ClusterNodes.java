package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The masters of a Redis Cluster, with a lane to each. A thread of its own asks any node for the slots: at the start,
 * after a redirection, after a lost connection, and every 15 seconds.
 */
final class ClusterNodes implements RedisNodes {
    private static final Logger log = LoggerFactory.getLogger(ClusterNodes.class);
    private static final int MAX_REDIRECTIONS = 5;
    private static final long MIN_REFRESH_NANOS = 50_000_000;
    private static final long MAX_REFRESH_NANOS = 15_000_000_000L;

    private final Once survived = new Once();
    private final List<HostAndPort> seeds;
    private final RedisSettings settings;
    private final TokenBucketScript script;
    private final RedisCounters counters;
    private final int maxQueued;
    private final ConcurrentMap<HostAndPort, RedisLane> lanes = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<HostAndPort> slots = new AtomicReferenceArray<>(Protocol.CLUSTER_HASHSLOTS);
    private final Thread thread;
    private Set<HostAndPort> absent = Set.of();
    private volatile Set<HostAndPort> masters = Set.of();
    private volatile boolean refreshWanted;
    private volatile boolean closed;

    ClusterNodes(
            List<HostAndPort> seeds,
            RedisSettings settings,
            TokenBucketScript script,
            RedisCounters counters,
            int maxQueued) {
        this.seeds = seeds;
        this.settings = settings;
        this.script = script;
        this.counters = counters;
        this.maxQueued = maxQueued;
        this.thread = new Thread(this::run, "tollgate-redis-cluster");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void send(Pending pending) {
        @Nullable HostAndPort node = slots.get(JedisClusterCRC16.getSlot(pending.bucket));
        // Any node will do: it redirects to the right one.
        lane(node == null ? seeds.get(0) : node).offer(pending);
    }

    @Override
    public void redirect(Pending pending, JedisRedirectionException redirection) {
        counters.redirections.increment();
        if (++pending.redirections > MAX_REDIRECTIONS) {
            pending.completeExceptionally(Outages.of("redirected more than " + MAX_REDIRECTIONS + " times"));
            return;
        }
        HostAndPort target = redirection.getTargetNode();
        if (redirection instanceof JedisAskDataException) {
            pending.asking = true;
        } else {
            slots.set(redirection.getSlot(), target);
            refresh();
        }
        lane(target).offer(pending);
    }

    @Override
    public void lost() {
        refresh();
    }

    @Override
    public boolean isUp() {
        Set<HostAndPort> known = masters;
        for (HostAndPort master : known) {
            RedisLane lane = lanes.get(master);
            if (lane != null && !lane.isUp()) {
                return false;
            }
        }
        return !known.isEmpty();
    }

    @Override
    public int queued() {
        return lanes.values().stream().mapToInt(RedisLane::queued).sum();
    }

    private RedisLane lane(HostAndPort node) {
        RedisLane known = lanes.get(node);
        if (known != null) {
            return known;
        }
        RedisLane lane = lanes.computeIfAbsent(node, n -> {
            RedisLane made = new RedisLane(n.toString(), () -> settings.connect(n), script, this, counters, maxQueued);
            made.start();
            return made;
        });
        if (closed) {
            lane.close();
        }
        return lane;
    }

    private void refresh() {
        refreshWanted = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            refreshWanted = false;
            try {
                load();
            } catch (Throwable e) {
                survived.warn(log, "The slots of the Redis cluster could not be read", e);
                refreshWanted = true;
            }
            LockSupport.parkNanos(this, MIN_REFRESH_NANOS);
            long waited = System.nanoTime();
            while (!closed && !refreshWanted && System.nanoTime() - waited < MAX_REFRESH_NANOS) {
                LockSupport.parkNanos(this, MAX_REFRESH_NANOS);
            }
        }
    }

    private void load() {
        Set<HostAndPort> candidates = new LinkedHashSet<>(masters);
        candidates.addAll(seeds);
        for (HostAndPort node : candidates) {
            try (RedisLink asked = settings.connect(node)) {
                asked.connection().sendCommand(Command.CLUSTER, "SLOTS");
                apply(asked.connection().getObjectMultiBulkReply(), node);
                return;
            } catch (RuntimeException e) {
                // Unreachable, not part of a cluster, or an invalid reply: another node may have the slots.
                log.debug("Reading the slots of the cluster from {}", node, e);
            }
        }
        // No node replied. Keep the known slots, and try again soon.
        refreshWanted = true;
        LockSupport.parkNanos(this, 10 * MIN_REFRESH_NANOS);
    }

    private void apply(List<Object> ranges, HostAndPort asked) {
        Set<HostAndPort> found = new LinkedHashSet<>();
        for (Object each : ranges) {
            List<?> range = (List<?>) each;
            List<?> master = (List<?>) range.get(2);
            String host =
                    master.get(0) instanceof byte[] name && name.length > 0 ? new String(name, UTF_8) : asked.getHost();
            HostAndPort node = new HostAndPort(host, Math.toIntExact((Long) master.get(1)));
            found.add(node);
            int last = Math.toIntExact((Long) range.get(1));
            for (int slot = Math.toIntExact((Long) range.get(0)); slot <= last; slot++) {
                slots.set(slot, node);
            }
        }
        if (!found.isEmpty() && !found.equals(masters)) {
            log.info("The masters of the Redis cluster are {}", found);
        }
        masters = found;
        found.forEach(this::lane);
        retire(found);
    }

    /** Closes the lanes to nodes that are not masters any more, if they were absent before too: a node may return. */
    private void retire(Set<HostAndPort> found) {
        Set<HostAndPort> gone = new HashSet<>(lanes.keySet());
        gone.removeAll(found);
        for (HostAndPort node : new ArrayList<>(gone)) {
            if (absent.contains(node)) {
                RedisLane lane = lanes.remove(node);
                if (lane != null) {
                    lane.close();
                }
            }
        }
        absent = gone;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        lanes.values().forEach(RedisLane::close);
    }
}
