package io.tollgate.undertow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the connections to close at a limit, the oldest first. Nothing is sorted while requests are served: one search through
 * all connections finds many candidates, and the next evictions take theirs from these. Thread-safe.
 */
final class Evictions {
    /** A response that is not taken for this long may be given up for others. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A search in vain among many connections is not repeated before this has passed. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The pause between two searches for the connections of single addresses, as a multiple of the time that one takes. */
    private static final int PAUSE_FACTOR = 4;

    private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Candidates that were not needed for this long are dropped. */
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The number of connections that a search may go through each time. */
    private static final int FEW = 256;

    /** The share of the connections that one search selects. */
    private static final int SHARE = 32;

    private static final int MAX_QUEUES = 64;

    private final Set<GuardedConnection> open;
    private final LongSupplier nanoTime;
    private long searchSourcesAfter;

    /** Those of limits and addresses, the least recently used one first. */
    private final Map<Object, Queue> queues = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Queue> eldest) {
            return size() > MAX_QUEUES;
        }
    };

    /** A connection that could make room, as long as its stamp is the same. */
    record Candidate(Place place, long stamp) {
        boolean isValid() {
            return place.stamp() == stamp && place.mayGiveWay();
        }
    }

    private static final class Queue {
        private final Deque<Candidate> candidates = new ArrayDeque<>();
        private long searchAfter;
        private long used;

        Queue(long now) {
            searchAfter = now;
        }
    }

    Evictions(Set<GuardedConnection> open) {
        this(open, System::nanoTime);
    }

    Evictions(Set<GuardedConnection> open, LongSupplier nanoTime) {
        this.open = open;
        this.nanoTime = nanoTime;
        this.searchSourcesAfter = nanoTime.getAsLong();
    }

    /**
     * Returns the connection that has been evictable for longest, and removes it from the candidates; null if there is none.
     *
     * @param source whose connections count for {@link ServerLimit#CONNECTIONS_PER_ADDRESS}
     */
    synchronized @Nullable Candidate oldest(ServerLimit limit, @Nullable Object source) {
        boolean ofSource = limit == ServerLimit.CONNECTIONS_PER_ADDRESS && source != null;
        long now = nanoTime.getAsLong();
        Queue queue = queues.computeIfAbsent(ofSource ? source : limit, key -> new Queue(now));
        queue.used = now;
        Candidate found = next(queue);
        if (found == null && now - queue.searchAfter >= 0 && (!ofSource || now - searchSourcesAfter >= 0)) {
            search(limit, ofSource ? source : null, now, queue.candidates);
            found = next(queue);
            if (open.size() > FEW) {
                pause(queue, found == null, ofSource, now);
            }
        }
        return found;
    }

    /**
     * Delays the next search. Any number of addresses can be at their limit at once, and each needs searches of its own, so these
     * together may take a fifth of the time only.
     */
    private void pause(Queue queue, boolean inVain, boolean ofSource, long begin) {
        if (inVain) {
            queue.searchAfter = begin + PAUSE_NANOS;
        }
        if (ofSource) {
            long end = nanoTime.getAsLong();
            searchSourcesAfter = end + Math.max(MIN_PAUSE_NANOS, PAUSE_FACTOR * (end - begin));
        }
    }

    /** Forgets the candidates that were found for a limit which is not reached any more. */
    synchronized void sweep() {
        long now = nanoTime.getAsLong();
        queues.values().removeIf(queue -> now - queue.used > UNUSED_NANOS);
    }

    /** Returns the number of candidates that are kept. */
    synchronized int candidates() {
        return queues.values().stream()
                .mapToInt(queue -> queue.candidates.size())
                .sum();
    }

    private static @Nullable Candidate next(Queue queue) {
        Candidate candidate = queue.candidates.poll();
        while (candidate != null && !candidate.isValid()) {
            candidate = queue.candidates.poll();
        }
        return candidate;
    }

    private void search(ServerLimit limit, @Nullable Object source, long now, Deque<Candidate> found) {
        List<Candidate> all = new ArrayList<>();
        for (GuardedConnection connection : open) {
            Place place = connection.place();
            long stamp = place.stamp();
            if (isEvictable(limit, place, stamp, now) && (source == null || source.equals(place.source()))) {
                all.add(new Candidate(place, stamp));
            }
        }
        Comparator<Candidate> order = Comparator.comparingLong(candidate -> Phase.sinceNanos(candidate.stamp()) - now);
        if (limit == ServerLimit.BUFFERED_BYTES) { // What lingers has had its response.
            order = Comparator.comparing((Candidate candidate) -> Phase.of(candidate.stamp()) != Phase.CLOSING)
                    .thenComparing(order);
        }
        all.sort(order);
        found.addAll(all.subList(0, Math.min(all.size(), Math.max(8, open.size() / SHARE))));
    }

    private static boolean isEvictable(ServerLimit limit, Place place, long stamp, long now) {
        if (!place.mayGiveWay()) {
            return false;
        }
        boolean freesBytes = limit != ServerLimit.BUFFERED_BYTES || place.bytes() != 0;
        return switch (Phase.of(stamp)) {
            case HEAD, BODY, CLOSING -> freesBytes;
            case IDLE -> limit != ServerLimit.BUFFERED_BYTES;
            case SHARED -> limit == ServerLimit.BUFFERED_BYTES;
            case STALLED -> freesBytes && now - Phase.sinceNanos(stamp) > STALL_NANOS;
            case BUSY -> false;
        };
    }
}
