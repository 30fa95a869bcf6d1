package io.tollgate.servlet;

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

/**
 * Buckets in a map that never refill. Decides at once, or later on a thread of its own, like a limiter with a server of its own;
 * or only when the test says so.
 */
final class TestLimiter implements RateLimiter {
    private final boolean later;
    private final Map<String, Long> taken = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> refunds = new ArrayList<>();
    private List<Runnable> held = List.of();
    private boolean holding;

    private TestLimiter(boolean later) {
        this.later = later;
    }

    /** A limiter whose decisions are complete when it returns them. */
    static TestLimiter immediate() {
        return new TestLimiter(false);
    }

    /** A limiter whose decisions complete on another thread. */
    static TestLimiter later() {
        return new TestLimiter(true);
    }

    /** From now on, decisions wait. */
    synchronized void hold() {
        holding = true;
        held = new ArrayList<>();
    }

    synchronized int held() {
        return held.size();
    }

    /** Makes the decisions that wait, each on a thread of its own. */
    void release() {
        List<Runnable> waiting;
        synchronized (this) {
            waiting = held;
            held = List.of();
            holding = false;
        }
        waiting.forEach(TestLimiter::run);
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        RateLimitDecision decision = take(check);
        if (!later) {
            return CompletableFuture.completedStage(decision);
        }
        CompletableFuture<RateLimitDecision> decided = new CompletableFuture<>();
        synchronized (this) {
            if (holding) {
                held.add(() -> decided.complete(decision));
                return decided;
            }
        }
        run(() -> decided.complete(decision));
        return decided;
    }

    private static void run(Runnable task) {
        new Thread(task, "limiter").start();
    }

    private synchronized RateLimitDecision take(RateLimitCheck check) {
        String bucket = check.policy() + " " + check.key();
        asked.add(bucket);
        long after = taken.getOrDefault(bucket, 0L) + check.cost();
        if (after > check.limit().capacity()) {
            return RateLimitDecision.rejected(check, Duration.ofSeconds(30), Instant.now());
        }
        taken.put(bucket, after);
        return RateLimitDecision.allowed(check, check.limit().capacity() - after, Instant.now());
    }

    @Override
    public synchronized CompletionStage<Void> refund(RateLimitDecision decision) {
        refunds.add(decision.policy());
        return CompletableFuture.completedStage(null);
    }

    /** Returns the buckets that were asked, in order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** Returns the policies whose reservations were refunded, in order. */
    synchronized List<String> refunds() {
        return List.copyOf(refunds);
    }
}
