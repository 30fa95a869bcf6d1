package io.tollgate.api.guard;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Decides when the test says so, on a thread named {@code limiter}, as one does that asks another process. */
final class LateLimiter extends MemoryLimiter {
    private final List<Runnable> waiting = new ArrayList<>();

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
        synchronized (waiting) {
            waiting.add(() -> decision.complete(decideNow(check)));
        }
        return decision.minimalCompletionStage();
    }

    /** Decides what waits, and returns when all of it is decided. */
    void decideAllWaiting() throws InterruptedException {
        List<Runnable> now;
        synchronized (waiting) {
            now = List.copyOf(waiting);
            waiting.clear();
        }
        Thread thread = new Thread(() -> now.forEach(Runnable::run), "limiter");
        thread.start();
        thread.join();
    }
}
