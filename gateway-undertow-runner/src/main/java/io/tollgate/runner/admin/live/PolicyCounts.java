package io.tollgate.runner.admin.live;

import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What one policy decided since it was last asked. */
final class PolicyCounts {
    /** The most keys whose refusals are told apart within a sample; those of others are counted together. */
    private static final int MAX_KEYS = 200;

    static final String OTHER_KEYS = "(other keys)";

    private final LongAdder allowed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder shadow = new LongAdder();
    private final LongAdder fallback = new LongAdder();
    private volatile ConcurrentMap<String, LongAdder> refusedKeys = new ConcurrentHashMap<>();

    /** The outcomes, and of all of them how many were decided without Redis. */
    record Sums(long allowed, long refused, long shadow, long fallback) {
        boolean none() {
            return allowed + refused + shadow == 0;
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
            refused.increment();
            refusal(decision.check().key());
        }
        if (decision.fallback()) {
            fallback.increment();
        }
    }

    private void refusal(String key) {
        ConcurrentMap<String, LongAdder> keys = refusedKeys;
        LongAdder count = keys.get(key);
        if (count == null) {
            String name = keys.size() < MAX_KEYS ? key : OTHER_KEYS;
            count = keys.computeIfAbsent(name, k -> new LongAdder());
        }
        count.increment();
    }

    Sums drain() {
        return new Sums(allowed.sumThenReset(), refused.sumThenReset(), shadow.sumThenReset(), fallback.sumThenReset());
    }

    /** Whose requests were refused, and how often. */
    ConcurrentMap<String, LongAdder> drainKeys() {
        ConcurrentMap<String, LongAdder> keys = refusedKeys;
        if (!keys.isEmpty()) {
            refusedKeys = new ConcurrentHashMap<>();
        }
        return keys;
    }
}
