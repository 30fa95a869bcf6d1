package io.tollgate.undertow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

    /** The number of connections that a search may go through each time. */
    private static final int FEW = 256;

    /** The share of the connections that one search selects. */
    private static final int SHARE = 32;

    private static final int MAX_QUEUES = 64;

    private final Set<GuardedConnection> open;
    private final Map<Object, Queue> queues = new HashMap<>();

    /** A connection that could be closed, as long as its stamp is the same. */
    record Candidate(Place place, long stamp) {
        boolean isValid() {
            return place.stamp() == stamp && place.isTaken();
        }
    }

    private static final class Queue {
        private final Deque<Candidate> candidates = new ArrayDeque<>();
        private long searchAfter = System.nanoTime();
    }

    Evictions(Set<GuardedConnection> open) {
        this.open = open;
    }

    /**
     * Returns the connection that has been evictable for longest, and removes it from the candidates; null if there is none.
     *
     * @param source whose connections count for {@link ServerLimit#CONNECTIONS_PER_ADDRESS}
     */
    synchronized @Nullable Candidate oldest(ServerLimit limit, @Nullable Object source) {
        boolean ofSource = limit == ServerLimit.CONNECTIONS_PER_ADDRESS && source != null;
        if (queues.size() >= MAX_QUEUES) {
            queues.clear();
        }
        Queue queue = queues.computeIfAbsent(ofSource ? source : limit, key -> new Queue());
        Candidate found = next(queue);
        long now = System.nanoTime();
        if (found == null && now - queue.searchAfter >= 0) {
            search(limit, ofSource ? source : null, now, queue.candidates);
            found = next(queue);
            if (found == null && open.size() > FEW) {
                queue.searchAfter = now + PAUSE_NANOS;
            }
        }
        return found;
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
        if (!place.isTaken()) {
            return false;
        }
        boolean freesBytes = limit != ServerLimit.BUFFERED_BYTES || place.bytes() != 0;
        return switch (Phase.of(stamp)) {
            case HEAD, BODY, CLOSING -> freesBytes;
            case IDLE -> limit != ServerLimit.BUFFERED_BYTES;
            case STALLED -> freesBytes && now - Phase.sinceNanos(stamp) > STALL_NANOS;
            case BUSY -> false;
        };
    }
}
