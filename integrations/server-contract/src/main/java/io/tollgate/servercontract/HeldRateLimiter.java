package io.tollgate.servercontract;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Allows each check, but only when the test releases the decisions. */
final class HeldRateLimiter implements RateLimiter {
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();

    private record Held(RateLimitCheck check, CompletableFuture<RateLimitDecision> decision) {}

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
        held.add(new Held(check, decision));
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
        for (Held next = held.poll(); next != null; next = held.poll()) {
            next.decision().complete(RateLimitDecision.allowed(next.check(), 0, Instant.now()));
        }
    }
}
