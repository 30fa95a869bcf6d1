package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the connections of a server and the bytes that they hold, and makes room at a limit by closing the connection that has
 * been evictable for longest: one that is idle or lingers, whose head or body is arriving, or whose client does not take its
 * response. A connection with a request that is being handled is never closed; at the limit of bytes, the bodies that arrive beside
 * such requests are given up. Thread-safe.
 */
final class Occupancy implements ServerStats {
    private static final int MAX_CLOSING = 128;

    /** While more are closing, no client gets a response first: it might take its time, and room is needed now. */
    private static final int MAX_CLOSING_WITH_RESPONSE = MAX_CLOSING / 4;

    private final ServerSettings.Occupants limits;
    private final Evictions evictions;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<Object, Integer> bySource = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** The evicted connections that are not closed yet. They count here only, and what they hold does not count. */
    private final AtomicInteger closing = new AtomicInteger();

    private final Map<ServerLimit, LongAdder> evicted = counters();
    private final Map<ServerLimit, LongAdder> rejected = counters();
    private final LongAdder failures = new LongAdder();

    Occupancy(ServerSettings.Occupants limits, Set<GuardedConnection> open) {
        this.limits = limits;
        this.evictions = new Evictions(open);
    }

    private static Map<ServerLimit, LongAdder> counters() {
        Map<ServerLimit, LongAdder> counters = new EnumMap<>(ServerLimit.class);
        for (ServerLimit limit : ServerLimit.values()) {
            counters.put(limit, new LongAdder());
        }
        return counters;
    }

    private static LongAdder counter(Map<ServerLimit, LongAdder> counters, ServerLimit limit) {
        return requireNonNull(counters.get(limit), "limit");
    }

    /** Counts a new connection; returns whether there is room for it. If not, it must {@link #leave} all the same. */
    boolean enter(Place place) {
        count(place, 1);
        Object source = place.source();
        if (source != null
                && bySource.getOrDefault(source, 0) > limits.maxPerAddress()
                && !evict(ServerLimit.CONNECTIONS_PER_ADDRESS, place)) {
            return reject(ServerLimit.CONNECTIONS_PER_ADDRESS);
        }
        while (connections.get() > limits.maxConnections()) {
            if (!evict(ServerLimit.CONNECTIONS, place)) {
                return reject(ServerLimit.CONNECTIONS);
            }
        }
        return true;
    }

    /** Counts a connection and its bytes no more: it is closed, or will be. */
    void leave(Place place) {
        long held = place.vacate();
        if (held >= 0) {
            bytes.addAndGet(-held);
            count(place, -1);
        }
    }

    /** Forgets what was kept for evictions that are not needed any more. */
    void sweep() {
        evictions.sweep();
    }

    /** Reserves bytes for a connection; returns whether there is room for them. If not, nothing is reserved. */
    boolean hold(Place place, long more) {
        if (!fits(place.bytes() + more)) {
            return false;
        }
        bytes.addAndGet(place.hold(more));
        if (!makeRoomFor(place)) {
            bytes.addAndGet(place.hold(-more));
            return reject(ServerLimit.BUFFERED_BYTES);
        }
        return true;
    }

    /** Evicts others until the bytes are within their limit; returns whether that was possible. */
    private boolean makeRoomFor(Place place) {
        while (bytes.get() > limits.maxBufferedBytes()) {
            if (!evict(ServerLimit.BUFFERED_BYTES, place)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether there could be room for bytes of one connection; if not, closing others would be in vain. */
    boolean fits(long total) {
        return total <= limits.maxBufferedBytes() || reject(ServerLimit.BUFFERED_BYTES);
    }

    /** Releases all bytes of a connection. */
    void release(Place place) {
        bytes.addAndGet(-place.release());
    }

    /** Releases some of the bytes of a connection. */
    void release(Place place, int fewer) {
        bytes.addAndGet(place.hold(-fewer));
    }

    /** Makes room, now or soon; returns whether that was possible. */
    private boolean evict(ServerLimit limit, Place newcomer) {
        if (closing.get() >= MAX_CLOSING) {
            return false;
        }
        Evictions.Candidate oldest = evictions.oldest(limit, newcomer.source());
        if (oldest == null || oldest.place() == newcomer) {
            return false;
        }
        if (Phase.of(oldest.stamp()) == Phase.SHARED) {
            relieve(oldest, limit);
        } else {
            close(oldest, limit);
        }
        // What is as it was would be found again, for ever on the same thread.
        return !oldest.isValid();
    }

    /** Has a connection closed, which counts no more from now on. */
    private void close(Evictions.Candidate oldest, ServerLimit limit) {
        Place place = oldest.place();
        leave(place);
        boolean withResponse = closing.incrementAndGet() <= MAX_CLOSING_WITH_RESPONSE;
        place.connection().evict(oldest.stamp(), withResponse, outcome -> {
            closing.decrementAndGet();
            if (outcome == GuardedConnection.Outcome.WENT_ON) {
                stay(place);
            } else {
                counter(evicted, limit).increment();
            }
        });
    }

    /**
     * Has a connection give up the bodies that are arriving on it. What these release counts no more from now on; the connection and
     * what its other requests hold go on to count.
     */
    private void relieve(Evictions.Candidate shared, ServerLimit limit) {
        Place place = shared.place();
        long promised = place.promise();
        if (promised == 0) {
            return; // The bodies have arrived, or another thread was faster.
        }
        bytes.addAndGet(-promised);
        place.connection().evict(shared.stamp(), true, outcome -> {
            if (outcome != GuardedConnection.Outcome.WENT_ON) {
                counter(evicted, limit).increment();
            }
            countAgain(place, place.endPromise());
        });
    }

    /** Counts a connection again that stays open, and the bytes that it holds by now. */
    private void stay(Place place) {
        long held = place.retake();
        if (held >= 0) {
            count(place, 1);
            countAgain(place, held);
        }
    }

    /** Counts bytes again in whose place others may have been reserved meanwhile, so that there is room to make for them. */
    private void countAgain(Place place, long held) {
        if (held > 0) {
            bytes.addAndGet(held);
            boolean unused = makeRoomFor(place);
        }
    }

    private void count(Place place, int change) {
        connections.addAndGet(change);
        Object source = place.source();
        if (source != null) {
            bySource.merge(source, change, (before, more) -> before + more == 0 ? null : before + more);
        }
    }

    /** Returns the number of evictions at all limits. */
    long evicted() {
        return sum(evicted);
    }

    /** Returns the number of rejections at all limits. */
    long rejected() {
        return sum(rejected);
    }

    /** Returns the count of TLS handshakes that have failed. */
    LongAdder failures() {
        return failures;
    }

    @Override
    public long failedHandshakes() {
        return failures.sum();
    }

    private static long sum(Map<ServerLimit, LongAdder> counters) {
        return counters.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private boolean reject(ServerLimit limit) {
        counter(rejected, limit).increment();
        return false;
    }

    @Override
    public int connections() {
        return connections.get();
    }

    @Override
    public int maxConnections() {
        return limits.maxConnections();
    }

    @Override
    public int maxConnectionsPerAddress() {
        return limits.maxPerAddress();
    }

    @Override
    public long bufferedBytes() {
        return bytes.get();
    }

    @Override
    public long maxBufferedBytes() {
        return limits.maxBufferedBytes();
    }

    @Override
    public long evicted(ServerLimit limit) {
        return counter(evicted, limit).sum();
    }

    @Override
    public long rejected(ServerLimit limit) {
        return counter(rejected, limit).sum();
    }
}
