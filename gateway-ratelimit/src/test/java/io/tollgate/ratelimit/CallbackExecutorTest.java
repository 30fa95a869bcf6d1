package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallbackExecutorTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(1_000));

    private final RedisProcess redis = RedisProcess.start();
    private final ExecutorService chosen = Executors.newFixedThreadPool(2, task -> new Thread(task, "chosen"));

    @AfterEach
    void stop() {
        chosen.shutdownNow();
        redis.close();
    }

    @Test
    void completesDecisionsAndRefundsThere() throws Exception {
        try (RedisRateLimiter limiter = patient().callbackExecutor(chosen).build()) {
            assertThat(threadOfAPending(limiter)).isEqualTo("chosen");
        }
    }

    @Test
    void completesThereThroughTheWholeStack() throws Exception {
        try (RedisRateLimiter limiter = patient().callbackExecutor(chosen).build()) {
            LeasingRateLimiter leasing =
                    LeasingRateLimiter.builder(limiter).hotPerSecond(1).build();
            assertThat(threadOfAPending(FallbackRateLimiter.builder(leasing).build()))
                    .isEqualTo("chosen");
        }
    }

    @Test
    void completesOnTheThreadOfTheConnectionByDefault() throws Exception {
        try (RedisRateLimiter limiter = patient().build()) {
            assertThat(threadOfAPending(limiter)).isEqualTo("tollgate-redis-" + redis.address());
        }
    }

    @Test
    void decidesOnWhileDependentsBlock() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RedisRateLimiter limiter = patient().callbackExecutor(chosen).build()) {
            redis.suspend();
            CompletableFuture<?> blocking = limiter.decide(CHECK)
                    .thenAccept(decision -> {
                        blocked.countDown();
                        awaitQuietly(goOn);
                    })
                    .toCompletableFuture();
            redis.resume();
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(get(limiter.decide(CHECK)).allowed()).isTrue();
            assertThat(blocking).isNotDone();
            goOn.countDown();
            blocking.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void completesOnTheThreadOfTheConnectionIfTheExecutorTakesNoMore() throws Exception {
        chosen.shutdown();
        try (RedisRateLimiter limiter = patient().callbackExecutor(chosen).build()) {
            for (int i = 0; i < 2; i++) {
                assertThat(threadOfAPending(limiter)).isEqualTo("tollgate-redis-" + redis.address());
            }
        }
    }

    @Test
    void failsThereWhenTheDeadlinePasses() throws Exception {
        try (RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
                .deadline(Duration.ofMillis(300))
                .callbackExecutor(chosen)
                .build()) {
            redis.suspend();
            CompletableFuture<String> thread = limiter.decide(CHECK)
                    .handle((decision, failure) -> (failure == null ? "decided on " : "failed on ")
                            + Thread.currentThread().getName())
                    .toCompletableFuture();
            assertThat(thread.get(20, TimeUnit.SECONDS)).isEqualTo("failed on chosen");
            redis.resume();
        }
    }

    @Test
    void doesNotNeedTheExecutorForWhatFailsAtOnce() {
        chosen.shutdown();
        RedisRateLimiter closed = patient().callbackExecutor(chosen).build();
        closed.close();
        CompletableFuture<RateLimitDecision> decision = closed.decide(CHECK).toCompletableFuture();
        assertThatThrownBy(decision::join).cause().isInstanceOf(GatewayException.class);
    }

    /** Has a decision and its refund wait for Redis, and returns the name of the thread that completes both. */
    private String threadOfAPending(RateLimiter limiter) throws Exception {
        // More than a lease has; and of a key that has no lease yet.
        RateLimitDecision taken = get(limiter.decide(CHECK.withCost(100)));
        RateLimitCheck other = RateLimitCheck.of("p", "other", CHECK.limit());
        redis.suspend();
        CompletableFuture<String> decided = limiter.decide(other)
                .thenApply(decision -> Thread.currentThread().getName())
                .toCompletableFuture();
        CompletableFuture<String> refunded = limiter.refund(taken)
                .thenApply(nothing -> Thread.currentThread().getName())
                .toCompletableFuture();
        redis.resume();
        assertThat(refunded.get(20, TimeUnit.SECONDS)).isEqualTo(decided.get(20, TimeUnit.SECONDS));
        return decided.get();
    }

    private RedisRateLimiter.Builder patient() {
        return RedisRateLimiterContractTest.limiter(redis).deadline(Duration.ofSeconds(10));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
