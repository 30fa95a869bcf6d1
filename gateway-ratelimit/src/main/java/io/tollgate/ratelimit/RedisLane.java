package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * One connection to one Redis node, and the thread that owns it. The thread sends what is queued in one flush, reads
 * half of the replies due, completes those decisions, and starts again. So Redis works on one half while this thread
 * works on the other, and neither waits for the other.
 *
 * <p>If a connection breaks, the outcome of the commands in flight is unknown. Nothing is ever sent twice: those
 * decisions fail, and the fallback decides.
 */
final class RedisLane implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLane.class);
    private static final byte[] LOAD = {'L', 'O', 'A', 'D'};
    private static final int MAX_BATCH = 512;
    private static final long MIN_BACKOFF_NANOS = 50_000_000;
    private static final long MAX_BACKOFF_NANOS = 1_000_000_000;

    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    /** Sent and without a reply; the oldest first. */
    private final ArrayDeque<Pending> sent = new ArrayDeque<>(MAX_BATCH);

    private final String name;
    private final Supplier<RedisLink> connector;
    private final TokenBucketScript script;
    private final RedisNodes nodes;
    private final RedisCounters counters;
    private final int maxQueued;
    private final Thread thread;
    private final GatewayException full;
    private final GatewayException ended = Outages.of("the limiter was closed");

    private volatile @Nullable RedisLink link;
    private long backoffNanos = MIN_BACKOFF_NANOS;
    private boolean stale;
    private boolean reportedLost;
    private volatile boolean parked;
    private volatile boolean closed;
    /** The reason why there is no connection; null while there is one, or the first is being made. */
    private volatile @Nullable GatewayException down;

    RedisLane(
            String name,
            Supplier<RedisLink> connector,
            TokenBucketScript script,
            RedisNodes nodes,
            RedisCounters counters,
            int maxQueued) {
        this.name = name;
        this.connector = connector;
        this.script = script;
        this.nodes = nodes;
        this.counters = counters;
        this.maxQueued = maxQueued;
        this.full = Outages.of("more than " + maxQueued + " decisions wait for " + name);
        this.thread = new Thread(this::run, "tollgate-redis-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Queues a decision; fails it at once if there is no connection or no room. */
    void offer(Pending pending) {
        @Nullable GatewayException outage = down;
        if (outage != null) {
            pending.completeExceptionally(outage);
        } else if (queued.incrementAndGet() > maxQueued) {
            queued.decrementAndGet();
            counters.overflows.increment();
            pending.completeExceptionally(full);
        } else {
            queue.add(pending);
            if (parked) {
                LockSupport.unpark(thread);
            }
        }
    }

    boolean isUp() {
        return down == null;
    }

    int queued() {
        return queued.get();
    }

    private void run() {
        while (!closed) {
            try {
                RedisLink live = link;
                if (live == null) {
                    connect();
                } else {
                    turn(live.connection());
                }
            } catch (Throwable e) {
                survive(e);
            }
        }
        disconnect();
        failSent(ended);
        failQueued(ended);
    }

    /**
     * Closes the connection after any problem, so that no reply of it is read any more; this thread continues with
     * another.
     */
    private void survive(Throwable problem) {
        boolean wasUp = link != null && !stale && down == null;
        disconnect();
        try {
            lose(problem, wasUp);
        } catch (Throwable e) {
            log.error("Redis {}: after a lost connection", name, e);
        }
    }

    private void turn(Connection live) {
        send(live);
        if (sent.isEmpty()) {
            parked = true;
            if (queue.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            parked = false;
        } else {
            receive(live, (sent.size() + 1) / 2);
            if (stale) {
                throw new JedisDataException("the node takes no decisions");
            }
            backoffNanos = MIN_BACKOFF_NANOS;
            if (reportedLost) {
                reportedLost = false;
                log.info("Redis {} is available again", name);
            }
        }
    }

    /** Writes what is queued; the next read flushes it. */
    private void send(Connection live) {
        long now = System.nanoTime();
        int taken = 0;
        int added = 0;
        int refunds = 0;
        while (sent.size() < MAX_BATCH) {
            @Nullable Pending next = queue.poll();
            if (next == null) {
                break;
            }
            taken++;
            // An expired decision must not be charged.
            if (!next.isDone() && !next.isExpired(now)) {
                sent.add(next);
                added++;
                refunds += next.refunded == null ? 0 : 1;
                if (next.asking) {
                    live.sendCommand(Command.ASKING);
                }
                live.sendCommand(Command.EVALSHA, next.arguments);
            }
        }
        if (taken > 0) {
            queued.addAndGet(-taken);
        }
        if (added > 0) {
            counters.batches.increment();
            counters.decisions.add(added - refunds);
            counters.refunds.add(refunds);
        }
    }

    /** Reads the replies to the oldest {@code count} decisions, and completes them. */
    private void receive(Connection live, int count) {
        List<Pending> unknownScript = settleOldest(live, count, List.of());
        if (!unknownScript.isEmpty()) {
            // Other commands in flight were sent before the script, so their replies come first.
            unknownScript = settleOldest(live, sent.size(), unknownScript);
            sent.addAll(unknownScript);
            teach(live, unknownScript);
            sent.clear();
        }
    }

    /** Returns {@code unknownScript} and the decisions that Redis did not make because it does not have the script. */
    private List<Pending> settleOldest(Connection live, int count, List<Pending> unknownScript) {
        int replies = 0;
        int counted = 0;
        for (Pending pending : sent) {
            if (counted++ == count) {
                break;
            }
            replies += pending.asking ? 2 : 1;
        }
        List<Pending> unknown = unknownScript;
        List<Object> received = live.getMany(replies);
        for (int next = 0; next < replies; next++) {
            Pending pending = sent.remove();
            next += pending.asking ? 1 : 0;
            Object reply = received.get(next);
            if (reply instanceof JedisNoScriptException) {
                unknown = unknown.isEmpty() ? new ArrayList<>() : unknown;
                unknown.add(pending);
            } else {
                settle(pending, reply);
            }
        }
        return unknown;
    }

    /**
     * Loads the scripts and sends the decisions again. A Redis that was restarted, failed over or flushed has no
     * scripts and decided nothing.
     */
    private void teach(Connection live, List<Pending> again) {
        counters.scriptLoads.increment();
        sendScripts(live);
        for (Pending pending : again) {
            if (pending.asking) {
                live.sendCommand(Command.ASKING);
            }
            live.sendCommand(Command.EVALSHA, pending.arguments);
        }
        awaitScripts(live);
        for (Pending pending : again) {
            if (pending.asking) {
                live.getOne();
            }
            Object reply;
            try {
                reply = live.getOne();
            } catch (JedisDataException e) {
                reply = e;
            }
            settle(pending, reply);
        }
    }

    private static void sendScripts(Connection to) {
        for (RedisScript each : RedisScript.ALL) {
            to.sendCommand(Command.SCRIPT, LOAD, each.source);
        }
    }

    private static void awaitScripts(Connection from) {
        for (int i = 0; i < RedisScript.ALL.size(); i++) {
            from.getOne();
        }
    }

    private void settle(Pending pending, @Nullable Object reply) {
        if (reply instanceof JedisRedirectionException redirection) {
            pending.asking = false;
            nodes.redirect(pending, redirection);
        } else if (reply instanceof JedisDataException error) {
            stale |= isAboutTheNode(error.getMessage());
            pending.completeExceptionally(Outages.of("Redis returned an error", error));
        } else {
            RateLimitDecision refunded = pending.refunded;
            pending.complete(refunded == null ? script.decision(pending.check, reply) : refunded);
        }
    }

    /**
     * Returns whether a new connection may reach a better node: this one is a replica, loads its data, or has lost a
     * permission.
     */
    private static boolean isAboutTheNode(@Nullable String message) {
        return message != null
                && (message.contains("READONLY")
                        || message.contains("LOADING")
                        || message.contains("MASTERDOWN")
                        || message.contains("NOAUTH"));
    }

    private void connect() {
        stale = false;
        // No decision of an old connection may remain, or replies of this one would be assigned to it.
        if (!sent.isEmpty()) {
            failSent(Outages.of("the connection was lost"));
        }
        RedisLink made = connector.get();
        try {
            sendScripts(made.connection());
            awaitScripts(made.connection());
        } catch (Throwable e) {
            made.close();
            throw e;
        }
        link = made;
        if (!closed) {
            down = null;
        }
    }

    /** Fails the decisions that were sent or are queued, and waits before the next attempt. */
    private void lose(Throwable cause, boolean wasUp) {
        GatewayException outage = Outages.of("Redis " + name, cause);
        if (!reportedLost && !closed) {
            reportedLost = true;
            log.warn("Redis {} is lost: {}", name, cause.getMessage());
        }
        if (!wasUp) {
            down = outage;
        }
        failSent(outage);
        nodes.lost();
        if (wasUp) {
            return;
        }
        failQueued(outage);
        counters.connectFailures.increment();
        long wait = backoffNanos / 2 + ThreadLocalRandom.current().nextLong(backoffNanos / 2);
        backoffNanos = Math.min(2 * backoffNanos, MAX_BACKOFF_NANOS);
        if (!closed) {
            LockSupport.parkNanos(this, wait);
        }
    }

    private void failSent(GatewayException outage) {
        for (Pending pending : sent) {
            pending.completeExceptionally(outage);
        }
        sent.clear();
    }

    private void failQueued(GatewayException outage) {
        @Nullable Pending pending;
        while ((pending = queue.poll()) != null) {
            queued.decrementAndGet();
            pending.completeExceptionally(outage);
        }
    }

    private void disconnect() {
        RedisLink old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }

    /** Stops the thread, and fails the waiting decisions. */
    @Override
    public void close() {
        closed = true;
        down = ended;
        disconnect();
        LockSupport.unpark(thread);
    }
}
