package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every stage completes when a limiter is closed at any moment, whatever it does then; in many rounds, by a seed. */
@SuppressWarnings("NullAway.Init")
class ClosingUnderLoadTest {
    private static final int ROUNDS = 150;
    private static final int CLIENTS = 3;
    private static final RateLimit LIMIT = RateLimit.perDay(1_000_000);

    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void completesEveryDecisionAndRefund() throws Exception {
        rounds((random, ignored) -> limiter(random).build(), limiter -> limiter);
    }

    @Test
    void completesEveryStageBehindLeasesAndTheFallback() throws Exception {
        rounds(
                (random, ignored) -> limiter(random).build(),
                limiter -> FallbackRateLimiter.builder(LeasingRateLimiter.builder(limiter)
                                .hotPerSecond(1)
                                .build())
                        .build());
    }

    @Test
    void completesEveryStageOnAnExecutorThatIsShutDownToo() throws Exception {
        rounds((random, executor) -> limiter(random).callbackExecutor(executor).build(), limiter -> limiter);
    }

    @Test
    void completesEveryStageWhileTheLastConnectionIsBeingMade() throws Exception {
        rounds(
                (random, ignored) -> RedisRateLimiter.builder()
                        .cluster(List.of(redis.address(), "127.0.0.1:1"))
                        .deadline(deadline(random))
                        .build(),
                limiter -> limiter);
    }

    private static RedisRateLimiter.Builder limiter(Random random) {
        return RedisRateLimiterContractTest.limiter(redis)
                .maxQueued(1 + random.nextInt(200))
                .deadline(deadline(random));
    }

    /** Returns one so short that the watch is busy, or one so long that only closing completes a stage. */
    private static Duration deadline(Random random) {
        return random.nextBoolean() ? Duration.ofMillis(1 + random.nextInt(3)) : Duration.ofMinutes(1);
    }

    /** Makes a limiter for a round. */
    private interface Maker {
        RedisRateLimiter make(Random random, ExecutorService executor);
    }

    /** Puts others in front of it. */
    private interface Front {
        RateLimiter of(RedisRateLimiter limiter);
    }

    private static void rounds(Maker maker, Front front) throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(seed + round);
            ExecutorService executor = Executors.newFixedThreadPool(2);
            RedisRateLimiter limiter = maker.make(random, executor);
            RateLimiter asked = front.of(limiter);
            Collection<CompletableFuture<?>> stages = new ConcurrentLinkedQueue<>();
            CountDownLatch running = new CountDownLatch(CLIENTS);
            AtomicBoolean closed = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random own = new Random(seed + 31L * round + i);
                Thread client = new Thread(() -> ask(asked, own, stages, running, closed));
                client.start();
                clients.add(client);
            }
            running.await();
            LockSupport.parkNanos(random.nextInt(2_000_000));
            List<Thread> closers = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(2); i++) {
                closers.add(new Thread(limiter::close));
            }
            if (random.nextBoolean()) {
                executor.shutdown();
            }
            closers.forEach(Thread::start);
            for (Thread closer : closers) {
                closer.join();
            }
            closed.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertComplete(stages, "seed " + seed + ", round " + round);
            executor.shutdown();
        }
    }

    private static void ask(
            RateLimiter limiter,
            Random random,
            Collection<CompletableFuture<?>> stages,
            CountDownLatch running,
            AtomicBoolean closed) {
        running.countDown();
        // The last ones are asked of a limiter that is closed.
        for (int after = 0; after < 50; after += closed.get() ? 1 : 0) {
            RateLimitCheck check = RateLimitCheck.of("p", "k" + random.nextInt(20), LIMIT);
            CompletableFuture<RateLimitDecision> decision =
                    limiter.decide(check).toCompletableFuture();
            stages.add(decision);
            if (random.nextInt(4) == 0) {
                stages.add(decision.thenCompose(limiter::refund));
            }
            if (random.nextInt(64) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private static void assertComplete(Collection<CompletableFuture<?>> stages, String about) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        int hanging = 0;
        for (CompletableFuture<?> each : stages) {
            while (!each.isDone() && System.nanoTime() < giveUp) {
                LockSupport.parkNanos(100_000);
            }
            hanging += each.isDone() ? 0 : 1;
        }
        assertThat(hanging)
                .as("%s: of %d stages never complete", about, stages.size())
                .isZero();
    }
}
