package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that are decided can be collected, however long the deadline, and whatever Redis does. */
class LettingGoTest {
    private static final RateLimit LIMIT = RateLimit.perDay(1_000_000);
    private static final Duration LONG = Duration.ofMinutes(1);

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 49})
    void expiredDecisionsAreNotOverlookedForLongerThanTheirDeadline(long millis) {
        long deadline = TimeUnit.MILLISECONDS.toNanos(millis);

        assertThat(DeadlineWatch.maxPauseNanos(deadline)).isEqualTo(deadline);
        assertThat(DeadlineWatch.maxPauseNanos(LONG.toNanos())).isEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
    }

    @Test
    void decidedChecksAreLetGoOfBehindOneThatWaits() {
        Pending waits = pending("waits");
        try (DeadlineWatch watch = new DeadlineWatch("test", LONG.toNanos())) {
            watch.add(waits);
            List<WeakReference<Pending>> decided = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                decided.add(addedAndDecided(watch, "key" + i));
            }
            awaitCollected(decided);
            assertThat(waits).isNotDone();
        }
        assertThat(waits).isCompletedExceptionally();
    }

    @Test
    void decidedChecksAreLetGoOfWithALongDeadline() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
                        .deadline(LONG)
                        .build()) {
            List<WeakReference<RateLimitCheck>> checks = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                checks.add(decided(limiter, "key" + i));
            }
            redis.suspend();
            CompletableFuture<RateLimitDecision> waits =
                    limiter.decide(RateLimitCheck.of("p", "waits", LIMIT)).toCompletableFuture();
            awaitCollected(checks);
            assertThat(waits).isNotDone();
            redis.resume();
        }
    }

    @Test
    void expiredChecksAreLetGoOfWhileRedisHangs() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
                        .deadline(Duration.ofMillis(300))
                        .readTimeout(Duration.ofMinutes(5))
                        .build()) {
            decided(limiter, "first");
            redis.suspend();
            List<WeakReference<RateLimitCheck>> checks = new ArrayList<>();
            List<CompletableFuture<?>> stages = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                checks.add(asked(limiter, "key" + i, stages));
            }
            for (CompletableFuture<?> each : stages) {
                each.handle((decision, failure) -> null).get(20, TimeUnit.SECONDS);
            }
            stages.clear();
            awaitCollected(checks);
            assertThat(limiter.stats().queued())
                    .as("of which some are in the queue")
                    .isPositive();
            redis.resume();
        }
    }

    private static WeakReference<Pending> addedAndDecided(DeadlineWatch watch, String key) {
        Pending pending = pending(key);
        watch.add(pending);
        pending.complete(LocalRateLimiter.builder().build().decideNow(RateLimitCheck.of("p", key, LIMIT)));
        return new WeakReference<>(pending);
    }

    private static Pending pending(String key) {
        return new Pending(
                RateLimitCheck.of("p", key, LIMIT),
                null,
                new byte[0],
                new byte[0][],
                System.nanoTime() + LONG.toNanos());
    }

    private static WeakReference<RateLimitCheck> decided(RedisRateLimiter limiter, String key) throws Exception {
        List<CompletableFuture<?>> stages = new ArrayList<>();
        WeakReference<RateLimitCheck> check = asked(limiter, key, stages);
        stages.get(0).handle((decision, failure) -> null).get(20, TimeUnit.SECONDS);
        return check;
    }

    private static WeakReference<RateLimitCheck> asked(
            RedisRateLimiter limiter, String key, List<CompletableFuture<?>> stages) {
        RateLimitCheck check = RateLimitCheck.of("p", key, LIMIT);
        stages.add(limiter.decide(check).toCompletableFuture());
        return new WeakReference<>(check);
    }

    private static void awaitCollected(List<? extends WeakReference<?>> references) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            System.gc();
            assertThat(references.stream().filter(each -> each.get() != null).count())
                    .as("of %d are retained", references.size())
                    .isZero();
        });
    }
}
