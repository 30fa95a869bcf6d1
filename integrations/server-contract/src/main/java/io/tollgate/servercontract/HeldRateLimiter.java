package io.tollgate.servercontract;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Allows each check, but only when the test releases the decisions. */
final class HeldRateLimiter implements RateLimiter {
    private final Map<CompletableFuture<RateLimitDecision>, RateLimitCheck> held = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
        held.put(decision, check);
        return decision;
    }

    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        return CompletableFuture.completedStage(null);
    }

    int held() {
        return held.size();
    }

    /** Completes all decisions so far, on the calling thread. */
    void release() {
        held.forEach((decision, check) -> {
            held.remove(decision);
            decision.complete(RateLimitDecision.allowed(check, 0, Instant.now()));
        });
    }
}
