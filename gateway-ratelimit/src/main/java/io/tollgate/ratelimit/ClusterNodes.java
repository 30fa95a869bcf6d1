package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
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
    private static final long FAILED_REFRESH_NANOS = 500_000_000;
    private static final long MAX_REFRESH_NANOS = 15_000_000_000L;
    /** The maximum of nodes beyond the masters, old and new, to which decisions were redirected. */
    private static final int MAX_OTHERS = 32;

    private final List<HostAndPort> seeds;
    private final RedisSettings settings;
    private final LaneContext context;
    private final NodeTrouble trouble;
    private final ConcurrentMap<HostAndPort, RedisLane> lanes = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<HostAndPort> slots = new AtomicReferenceArray<>(Protocol.CLUSTER_HASHSLOTS);
    private final GatewayException tooManyNodes = Outages.of("the cluster has redirected to too many nodes");
    private final Thread thread;
    private Set<HostAndPort> absent = Set.of();
    private volatile Set<HostAndPort> masters = Set.of();
    private volatile boolean refreshWanted;
    private volatile boolean closed;

    ClusterNodes(List<HostAndPort> seeds, RedisSettings settings, LaneContext context) {
        this.seeds = seeds;
        this.settings = settings;
        this.context = context;
        this.trouble = new NodeTrouble(log, "cluster", context.texts());
        this.thread = new Thread(this::run, "tollgate-redis-cluster");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void send(Pending pending) {
        @Nullable HostAndPort node = slots.get(JedisClusterCRC16.getSlot(pending.bucket));
        // Any node will do: it redirects to the right one.
        offer(node == null ? seeds.get(0) : node, pending);
    }

    private void offer(HostAndPort node, Pending pending) {
        RedisLane lane = lane(node);
        if (lane == null) {
            pending.completeExceptionally(tooManyNodes);
        } else {
            lane.offer(pending);
        }
    }

    @Override
    public void redirect(Pending pending, JedisRedirectionException redirection) {
        context.counters().redirections.increment();
        if (++pending.redirections > MAX_REDIRECTIONS) {
            pending.completeExceptionally(Outages.of("redirected more than " + MAX_REDIRECTIONS + " times"));
            return;
        }
        HostAndPort target = checked(redirection.getTargetNode());
        if (redirection instanceof JedisAskDataException) {
            pending.asking = true;
        } else {
            slots.set(redirection.getSlot(), target);
            refresh();
        }
        offer(target, pending);
    }

    /** Returns a node that can be connected to. An empty host, which is the host that was asked, is found by a refresh. */
    private HostAndPort checked(HostAndPort target) {
        if (target.getHost().isEmpty() || target.getPort() < 1 || target.getPort() > 65_535) {
            refresh();
            throw new IllegalStateException("redirected to port " + target.getPort()
                    + " of a host that is not named (expected: host and port)");
        }
        ClusterSlots.checkedHost(target.getHost());
        return target;
    }

    @Override
    public void lost() {
        refresh();
    }

    /** Returns false: the buckets of one command must have the same slot, and few do. */
    @Override
    public boolean takesSeveralKeys() {
        return false;
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
    public Optional<String> trouble() {
        Set<HostAndPort> known = masters;
        if (known.isEmpty()) {
            return trouble.cause();
        }
        for (HostAndPort master : known) {
            RedisLane lane = lanes.get(master);
            if (lane != null && lane.trouble().isPresent()) {
                return lane.trouble();
            }
        }
        return Optional.empty();
    }

    @Override
    public int queued() {
        return lanes.values().stream().mapToInt(RedisLane::queued).sum();
    }

    /** Returns the lane to a node; null if there are as many as there may be, since each has a thread. */
    private @Nullable RedisLane lane(HostAndPort node) {
        RedisLane known = lanes.get(node);
        if (known != null) {
            return known;
        }
        if (lanes.size() >= 2 * masters.size() + MAX_OTHERS) {
            return null;
        }
        RedisLane lane = lanes.computeIfAbsent(node, n -> {
            RedisLane made = new RedisLane(n.toString(), () -> settings.connect(n), this, context);
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
            long pause = MIN_REFRESH_NANOS;
            try {
                load();
            } catch (Throwable e) {
                pause = FAILED_REFRESH_NANOS;
                survive(e);
            }
            // A wish for a refresh ends a pause of this thread, but must not shorten the time between two refreshes.
            long loaded = System.nanoTime();
            long waited = 0;
            while (!closed && waited < (refreshWanted ? pause : MAX_REFRESH_NANOS)) {
                LockSupport.parkNanos(this, (refreshWanted ? pause : MAX_REFRESH_NANOS) - waited);
                waited = System.nanoTime() - loaded;
            }
        }
    }

    /** Keeps the slots as they are known, and tries again soon. */
    private void survive(Throwable problem) {
        refreshWanted = true;
        try {
            trouble.lost(problem);
        } catch (Throwable e) {
            // Not even a log that fails may end this thread.
        }
    }

    /** Requests the slots from one node after the other, until one responds. */
    private void load() {
        Set<HostAndPort> candidates = new LinkedHashSet<>(masters);
        candidates.addAll(seeds);
        IllegalStateException failure = new IllegalStateException("no node is known");
        for (HostAndPort node : candidates) {
            try {
                apply(settings.askForSlots(node));
                trouble.worked();
                return;
            } catch (RuntimeException e) {
                // Unreachable, not part of a cluster, or an invalid reply: another node may have the slots.
                String text = context.texts().of(e);
                log.debug("Reading the slots of the cluster from {}: {}", node, text);
                failure = new IllegalStateException("the slots cannot be read from " + node + ": " + text);
            }
        }
        throw failure;
    }

    private void apply(ClusterSlots read) {
        Set<HostAndPort> found = read.masters();
        for (ClusterSlots.Range range : read.ranges()) {
            for (int slot = range.first(); slot <= range.last(); slot++) {
                slots.set(slot, range.master());
            }
        }
        boolean changed = !found.equals(masters);
        masters = found;
        found.forEach(this::lane);
        retire(found);
        if (changed) {
            log.info("The masters of the Redis cluster are {}", found);
        }
    }

    /** Closes the lanes to nodes that are not masters any more, if they were absent before too: a node may return. */
    private void retire(Set<HostAndPort> found) {
        Set<HostAndPort> gone = new HashSet<>(lanes.keySet());
        gone.removeAll(found);
        for (HostAndPort node : new ArrayList<>(gone)) {
            if (absent.contains(node)) {
                RedisLane lane = lanes.remove(node);
                if (lane != null) {
                    lane.retire();
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
