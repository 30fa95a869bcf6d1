package io.tollgate.operations;

import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the decisions of one policy from one sample to the next. */
final class PolicyCounts {
    /** The most keys whose rejections are told apart within a sample; those of others are counted together. */
    private static final int MAX_KEYS = 200;

    static final String OTHER_KEYS = "(other keys)";

    private final LongAdder allowed = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder shadow = new LongAdder();
    private final LongAdder fallback = new LongAdder();
    private volatile ConcurrentMap<String, LongAdder> rejectedKeys = new ConcurrentHashMap<>();

    /** The outcomes, and how many of all of them were decided without Redis. */
    record Sums(long allowed, long rejected, long shadow, long fallback) {
        boolean none() {
            return allowed + rejected + shadow == 0;
        }
    }

    void add(RateLimitDecision decision) {
        if (decision.allowed()) {
            allowed.increment();
        } else if (decision.check().shadow()) {
            if (decision.check().isReservation()) {
                return; // It found nothing to reserve, and would not have rejected.
            }
            shadow.increment();
        } else {
            rejected.increment();
            addRejection(decision.check().key());
        }
        if (decision.fallback()) {
            fallback.increment();
        }
    }

    private void addRejection(String key) {
        ConcurrentMap<String, LongAdder> keys = rejectedKeys;
        LongAdder count = keys.get(key);
        if (count == null) {
            String name = keys.size() < MAX_KEYS ? key : OTHER_KEYS;
            count = keys.computeIfAbsent(name, k -> new LongAdder());
        }
        count.increment();
    }

    /** Returns the counts, and begins again. */
    Sums drain() {
        return new Sums(
                allowed.sumThenReset(), rejected.sumThenReset(), shadow.sumThenReset(), fallback.sumThenReset());
    }

    /** Returns the rejections by key, and begins again. */
    ConcurrentMap<String, LongAdder> drainKeys() {
        ConcurrentMap<String, LongAdder> keys = rejectedKeys;
        if (!keys.isEmpty()) {
            rejectedKeys = new ConcurrentHashMap<>();
        }
        return keys;
    }
}
