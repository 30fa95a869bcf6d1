package io.tollgate.grpc.server;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A limiter whose decisions the test makes, on its own thread, when it likes. */
final class ScriptedLimiter implements RateLimiter {
    /** A decision that the test has to make. */
    record Open(RateLimitCheck check, CompletableFuture<RateLimitDecision> decision) {
        void allow() {
            decision.complete(RateLimitDecision.allowed(check, 5, Instant.now()));
        }

        void reject() {
            decision.complete(RateLimitDecision.rejected(check, Duration.ofMillis(1_500), Instant.now()));
        }
    }

    private final BlockingQueue<Open> open = new LinkedBlockingQueue<>();
    final List<RateLimitDecision> refunds = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
        open.add(new Open(check, decision));
        return decision;
    }

    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        refunds.add(decision);
        return CompletableFuture.completedStage(null);
    }

    /** Waits for the next check. */
    Open next() throws InterruptedException {
        Open next = open.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no check within 30 s");
        }
        return next;
    }

    /** Returns the checks that nobody has decided. */
    int undecided() {
        return open.size();
    }
}
