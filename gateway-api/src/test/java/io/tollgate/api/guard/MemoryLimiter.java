package io.tollgate.api.guard;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Buckets in a map that never refill, with refunds. Each is named {@code <policy> <key>}. */
class MemoryLimiter implements RateLimiter {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final Map<String, Long> taken = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<RateLimitDecision> refunds = new ArrayList<>();

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        return CompletableFuture.completedStage(decideNow(check));
    }

    final synchronized RateLimitDecision decideNow(RateLimitCheck check) {
        String bucket = check.policy() + " " + check.key();
        asked.add(bucket);
        long after = taken(bucket) + check.cost();
        if (after > check.limit().capacity()) {
            return RateLimitDecision.rejected(check, Duration.ofSeconds(30), NOW);
        }
        taken.put(bucket, after);
        return RateLimitDecision.allowed(check, check.limit().capacity() - after, NOW);
    }

    @Override
    public synchronized CompletionStage<Void> refund(RateLimitDecision decision) {
        refunds.add(decision);
        taken.merge(
                decision.policy() + " " + decision.check().key(),
                -decision.check().cost(),
                Long::sum);
        return CompletableFuture.completedStage(null);
    }

    /** What is taken from a bucket now. */
    final synchronized long taken(String bucket) {
        return taken.getOrDefault(bucket, 0L);
    }

    /** The buckets that were asked, in order. */
    final synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    final synchronized int refunds() {
        return refunds.size();
    }
}
