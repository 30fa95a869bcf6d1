package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

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
    private static final int MAX_SENT = 512;

    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    /** Sent and without a reply; the oldest first. */
    private final ArrayDeque<Pending> sent = new ArrayDeque<>(MAX_SENT);
    /** Sent, and not decided because the node does not have the script. */
    private final List<Pending> withoutScript = new ArrayList<>();
    /** In {@link #sent}, and not written yet. */
    private final SharedCall call = new SharedCall();
    /** Taken from {@link #sent} to be completed. */
    private final List<Pending> shared = new ArrayList<>(SharedCall.MAX_SIZE);

    private final String name;
    private final Supplier<RedisLink> connector;
    private final RedisNodes nodes;
    private final LaneContext context;
    private final RedisCounters counters;
    private final NodeTrouble trouble;
    private final LaneReplies replies;
    private final Backoff backoff = new Backoff();
    private final Thread thread;
    private final GatewayException full;
    private final GatewayException lost;

    /** The reason why decisions fail after the lane is closed. */
    private volatile GatewayException ended = Outages.of("the limiter was closed");

    private volatile @Nullable RedisLink link;
    /** True while one command may decide several buckets. */
    private boolean sharing;

    private volatile boolean parked;
    private volatile boolean closed;
    /** True when the thread has ended, so that it completes nothing any more. */
    private volatile boolean finished;
    /** The reason why there is no connection; null while there is one, or the first is being made. */
    private volatile @Nullable GatewayException down;

    RedisLane(String name, Supplier<RedisLink> connector, RedisNodes nodes, LaneContext context) {
        this.name = name;
        this.connector = connector;
        this.nodes = nodes;
        this.context = context;
        this.counters = context.counters();
        this.trouble = new NodeTrouble(log, name, context.texts());
        this.full = Outages.of("more than " + context.maxQueued() + " decisions wait for " + name);
        this.lost = Outages.of("Redis " + name + ": the connection was lost");
        this.replies = new LaneReplies(name, nodes, context, trouble, lost);
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
        } else if (queued.incrementAndGet() > context.maxQueued()) {
            queued.decrementAndGet();
            counters.overflows.increment();
            pending.completeExceptionally(full);
        } else {
            queue.add(pending);
            if (finished) {
                failQueued(ended);
            } else if (parked) {
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

    /** Returns the cause of the trouble that the node has, if any. */
    Optional<String> trouble() {
        return trouble.cause();
    }

    private void run() {
        while (!closed) {
            try {
                // A callback may have interrupted this thread, and then it would never pause.
                Thread.interrupted();
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
        finished = true;
        disconnect();
        failSent(ended);
        failQueued(ended);
    }

    /**
     * Closes the connection after any problem, so that no reply of it is read any more; this thread continues with
     * another.
     */
    private void survive(Throwable problem) {
        try {
            boolean wasUp = link != null && replies.stale() == null && down == null;
            disconnect();
            if (closed) {
                return; // The connection was closed by close(), whose reason stays.
            }
            lose(problem, wasUp && backoff.wasStable());
        } catch (Throwable e) {
            // Not even a log that fails may end this thread, or leave a decision without an end.
            down = lost;
            LockSupport.parkNanos(this, Backoff.MIN_NANOS);
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
            String stale = replies.stale();
            if (stale != null) {
                throw new JedisDataException(stale);
            }
        }
    }

    /** Writes what is queued; the next read flushes it. */
    private void send(Connection live) {
        long now = System.nanoTime();
        int taken = 0;
        int added = 0;
        int refunds = 0;
        try {
            while (sent.size() < MAX_SENT) {
                @Nullable Pending next = queue.poll();
                if (next == null) {
                    break;
                }
                taken++;
                // An expired decision must not be charged.
                if (!next.isDone() && !next.isExpired(now)) {
                    sent.add(next);
                    added++;
                    refunds += next.isRefund ? 1 : 0;
                    if (!sharing || !call.accepts(next)) {
                        call.send(live);
                    }
                    call.add(next);
                }
            }
            call.send(live);
        } finally {
            if (taken > 0) {
                queued.addAndGet(-taken);
            }
        }
        if (added > 0) {
            counters.batches.increment();
            counters.decisions.add(added - refunds);
            counters.refunds.add(refunds);
        }
    }

    /** Reads the replies to the oldest {@code count} decisions and those that share a call with them, and completes them. */
    private void receive(Connection live, int count) {
        settleOldest(live, count);
        if (!withoutScript.isEmpty()) {
            // Other commands in flight were sent before the script, so their replies come first. What a shared call did
            // not
            // decide is sent alone, and has a reply of its own.
            while (!sent.isEmpty()) {
                settleOldest(live, sent.size());
            }
            loadScripts(live);
        }
    }

    private void settleOldest(Connection live, int count) {
        int due = 0;
        int counted = 0;
        for (Pending pending : sent) {
            if (pending.decisionsInCall > 0) {
                if (counted >= count) {
                    break;
                }
                due += pending.asking ? 2 : 1;
            }
            counted++;
        }
        List<Object> received = live.getMany(due);
        long now = System.nanoTime();
        for (int next = 0; next < due; next++) {
            Pending pending = sent.remove();
            next += pending.asking ? 1 : 0;
            Object reply = received.get(next);
            int decisions = pending.decisionsInCall;
            if (decisions > 1) {
                settleShared(live, pending, decisions, reply, now);
            } else if (reply instanceof JedisNoScriptException) {
                withoutScript.add(pending);
            } else {
                replies.settle(pending, reply, now);
            }
        }
    }

    private void settleShared(Connection live, Pending first, int decisions, @Nullable Object reply, long now) {
        shared.add(first);
        while (shared.size() < decisions) {
            shared.add(sent.remove());
        }
        if (reply instanceof JedisNoScriptException) {
            withoutScript.addAll(shared);
        } else if (reply instanceof JedisDataException error) {
            // A node of a cluster, or a proxy before one. It has decided nothing.
            boolean refusesSeveralKeys = ErrorTexts.isAboutSeveralKeys(error.getMessage());
            sharing &= !refusesSeveralKeys;
            for (Pending each : shared) {
                if (refusesSeveralKeys) {
                    sendAlone(live, each, now);
                } else {
                    replies.settle(each, reply, now);
                }
            }
        } else {
            settleEach(live, reply, now);
        }
        shared.clear();
    }

    private void settleEach(Connection live, @Nullable Object reply, long now) {
        List<byte[]> received;
        try {
            received = SharedCall.replies(reply, shared.size());
        } catch (IllegalStateException e) {
            shared.forEach(each -> replies.invalid(each, e));
            return;
        }
        for (int i = 0; i < received.size(); i++) {
            if (received.get(i) == SharedCall.UNTOUCHED) {
                sendAlone(live, shared.get(i), now);
            } else {
                replies.settle(shared.get(i), received.get(i), now);
            }
        }
    }

    /** Sends what Redis has not decided in a shared call, behind all that is in flight. */
    private void sendAlone(Connection live, Pending pending, long now) {
        if (!pending.isDone() && !pending.isExpired(now)) {
            sent.add(pending);
            SharedCall.sendAlone(live, pending);
        }
    }

    /**
     * Loads the scripts and sends the decisions again. A Redis that was restarted, failed over or flushed has no
     * scripts and decided nothing.
     */
    private void loadScripts(Connection live) {
        counters.scriptLoads.increment();
        RedisScript.sendAll(live);
        for (Pending pending : withoutScript) {
            SharedCall.sendAlone(live, pending);
        }
        RedisScript.awaitAll(live);
        for (Pending pending : withoutScript) {
            if (pending.asking) {
                live.getOne();
            }
            Object reply;
            try {
                reply = live.getOne();
            } catch (JedisDataException e) {
                reply = e;
            }
            replies.settle(pending, reply, System.nanoTime());
        }
        withoutScript.clear();
    }

    private void connect() {
        replies.connected();
        // No decision of an old connection may remain, or replies of this one would be assigned to it.
        failSent(lost);
        RedisLink made = connector.get();
        try {
            RedisScript.sendAll(made.connection());
            RedisScript.awaitAll(made.connection());
        } catch (Throwable e) {
            made.close();
            throw e;
        }
        trouble.connected();
        backoff.connected();
        sharing = nodes.takesSeveralKeys();
        link = made;
        down = null;
        if (closed) {
            down = ended;
        }
    }

    /**
     * Fails the decisions that were sent. Unless another connection is to be made at once, also fails those that are
     * queued, and waits before the next attempt.
     */
    private void lose(Throwable problem, boolean wasStable) {
        String cause = trouble.lost(problem);
        GatewayException outage = Outages.of("Redis " + name + ": " + cause);
        if (!wasStable) {
            down = outage;
        }
        failSent(outage);
        nodes.lost();
        if (wasStable) {
            backoff.reset();
            return;
        }
        failQueued(outage);
        counters.connectFailures.increment();
        long pause = backoff.nextNanos();
        if (!closed) {
            LockSupport.parkNanos(this, pause);
        }
    }

    private void failSent(GatewayException outage) {
        call.clear();
        sent.addAll(shared);
        shared.clear();
        sent.addAll(withoutScript);
        withoutScript.clear();
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

    /** Closes the lane to a node that the limiter does not use any more. */
    void retire() {
        ended = Outages.of("Redis " + name + " is not a master of the cluster any more");
        close();
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
