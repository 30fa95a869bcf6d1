package io.tollgate.ratelimit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The limiter that a contract is about, and ways to use it. */
abstract class TestedLimiter {
    final String key = "key:" + UUID.randomUUID();

    /** A limiter; each call may answer the same. */
    protected abstract RateLimiter limiter();

    /** That many limiters that share their buckets, as the instances of a gateway do; the first is as good as any. */
    protected abstract List<RateLimiter> limiters(int count);

    /** Lets that much time pass for the buckets. */
    protected abstract void advance(Duration by);

    /**
     * Makes what keeps the buckets unreachable, so that it neither answers nor refuses; does nothing, and says so by
     * answering false, where they are in process.
     */
    protected boolean breakStore() {
        return false;
    }

    /** Makes it reachable again, with the buckets it had. */
    protected void repairStore() {}

    /** Waits until decisions are made in the store, which was away. */
    void awaitStore(RateLimitCheck check) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        boolean back = false;
        while (!back && System.nanoTime() < giveUp) {
            back = limiter()
                    .decide(check.withCost(0))
                    .handle((decision, failure) -> failure == null && !decision.fallback())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
        assertThat(back).as("back").isTrue();
    }

    /** Runs that on four threads at once, and throws what one of them threw. */
    static void onFourThreads(Callable<?> what) throws Exception {
        List<Thread> threads = new ArrayList<>();
        CompletableFuture<Void> failure = new CompletableFuture<>();
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> {
                try {
                    what.call();
                } catch (Throwable e) {
                    failure.completeExceptionally(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.isDone()) {
            failure.get();
        }
    }

    RateLimitCheck check(RateLimit limit) {
        return RateLimitCheck.of("p", key, limit);
    }

    RateLimitDecision ask(RateLimitCheck check) {
        return limiter()
                .decide(check)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    RateLimitDecisions verdict(RateLimitCheck... checks) {
        return limiter()
                .decideAll(List.of(checks))
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    /** Within the half minute that a slow machine may need between two questions. */
    static void assertSeconds(long nanos, double seconds) {
        assertThat(nanos / 1e9).isCloseTo(seconds, within(30.0));
    }
}
