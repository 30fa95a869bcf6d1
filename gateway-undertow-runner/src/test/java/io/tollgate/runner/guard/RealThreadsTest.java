package io.tollgate.runner.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.ratelimit.FallbackRateLimiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads on which a guard completes, whose buckets are in a real Redis. */
class RealThreadsTest extends RealParts {
    private final ExecutorService eventLoop = Executors.newSingleThreadExecutor(task -> new Thread(task, "event-loop"));

    @AfterEach
    void stopEventLoop() {
        eventLoop.shutdownNow();
    }

    @Test
    void completesOnTheGivenExecutorInEveryPhase() {
        RateLimitPolicy everyPhase = new EveryPhase(policy);
        RequestGuard guard =
                RequestGuard.builder().limiter(limiter(), List.of(everyPhase)).build();
        for (int i = 0; i < 200; i++) {
            List<String> threads = new ArrayList<>();
            CompletionStage<Admission> admission = guard.admit(head(), "/shop", AccessRule.open(), eventLoop);
            Admitted request = (Admitted) note(threads, admission).join();
            note(threads, request.onBody(Map.of())).join();
            note(threads, request.settle(200)).join();

            // A stage that is complete when it is asked goes on at once, on the thread that asks.
            assertThat(threads)
                    .hasSize(3)
                    .isSubsetOf("event-loop", Thread.currentThread().getName());
        }
    }

    @Test
    void completesOnTheThreadOfRedisOnlyIfAskedTo() {
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter(), List.of(policy(RateLimit.perDay(1_000))))
                .build();
        List<String> sameThread = new ArrayList<>();
        List<String> pool = new ArrayList<>();
        List<String> given = new ArrayList<>();

        List<CompletableFuture<Admission>> admissions;
        redis.suspend(); // So that no decision is made before its stage is noted.
        try {
            admissions = List.of(
                    note(
                            sameThread,
                            guard.admit(head(), Optional.of("/shop"), AccessRule.open(), RequestGuard.SAME_THREAD)),
                    note(pool, guard.admit(head(), "/shop", AccessRule.open())),
                    note(given, guard.admit(head(), "/shop", AccessRule.open(), eventLoop)));
        } finally {
            redis.resume();
        }
        admissions.forEach(CompletableFuture::join);

        assertThat(sameThread).singleElement().asString().startsWith("tollgate-redis");
        assertThat(pool).singleElement().asString().startsWith("tollgate-guard-");
        assertThat(given).containsExactly("event-loop");
    }

    @Test
    void handlersThatBlockHoldUpNobodyElse() {
        FallbackRateLimiter limiter = FallbackRateLimiter.builder(limiter()).build();
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(policy(RateLimit.perDay(1_000))))
                .build();
        ExecutorService handlers = Executors.newCachedThreadPool();
        CountDownLatch over = new CountDownLatch(1);
        try {
            CountDownLatch blocked = new CountDownLatch(6);
            for (int i = 0; i < 6; i++) {
                guard.admit(head(), "/shop", AccessRule.open(), handlers)
                        .thenAcceptAsync(
                                admission -> {
                                    blocked.countDown();
                                    await(over);
                                },
                                handlers);
            }
            await(blocked);

            assertThat(admit(guard, head(), AccessRule.open())).isInstanceOf(Admitted.class);
            assertThat(limiter.fallbackDecisions()).isZero();
        } finally {
            over.countDown();
            handlers.shutdown();
        }
    }

    /** Notes the thread that completes a stage, or the caller's if it is complete. */
    private static <T> CompletableFuture<T> note(List<String> threads, CompletionStage<T> stage) {
        return stage.whenComplete(
                        (value, failure) -> threads.add(Thread.currentThread().getName()))
                .toCompletableFuture();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes a check in every phase. */
    private record EveryPhase(String name) implements RateLimitPolicy {
        @Override
        public List<RateLimitCheck> checks(RateLimitContext context) {
            return List.of(RateLimitCheck.of(name, "all", RateLimit.perSecond(1_000_000)));
        }

        @Override
        public Set<Phase> phases() {
            return Set.of(Phase.values());
        }
    }
}
