package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reservations of hot keys last longer than leases, which end here whenever the test says so. */
class LeasesAndReservationsTest {
    private static final long CAPACITY = 20_000;
    private static final int TOKENS = 10;
    private static final Duration LEASE = Duration.ofMillis(500);
    private static final RateLimitCheck CHARGE =
            RateLimitCheck.of("p", "hot", RateLimit.of(Bandwidth.of(CAPACITY, 1, Duration.ofDays(1))));
    private static final RateLimitCheck RESERVATION = CHARGE.reservedFor(Set.of(CommonError.UNAUTHENTICATED));

    private final VirtualTime time = new VirtualTime();
    private final RedisProcess redis = RedisProcess.start();
    private final RedisRateLimiter shared = RedisRateLimiterContractTest.limiter(redis)
            .deadline(Duration.ofSeconds(20))
            .build();
    private final List<LeasingRateLimiter> instances = List.of(leasing(), leasing());

    @BeforeEach
    void makeTheKeyHot() {
        for (LeasingRateLimiter each : instances) {
            ask(each, CHARGE);
            assertThat(ask(each, CHARGE).source()).isEqualTo(Source.LEASE);
        }
    }

    @AfterEach
    void stop() {
        shared.close();
        redis.close();
    }

    @Test
    void takesAReservationFromRedisThoughThereIsALease() {
        long leased = instances.get(0).leasedDecisions();

        assertThat(ask(instances.get(0), RESERVATION).source()).isEqualTo(Source.SHARED);
        assertThat(instances.get(0).leasedDecisions()).isEqualTo(leased);
        assertThat(ask(instances.get(0), CHARGE).source()).isEqualTo(Source.LEASE);
    }

    @Test
    void refundsAReservationWholeAfterTheLeaseHasEnded() {
        long before = left();
        RateLimitDecision reserved = ask(instances.get(0), RESERVATION);
        time.advance(LEASE);

        instances.get(0).refund(reserved).toCompletableFuture().join();

        assertThat(left()).isEqualTo(before);
        assertThat(instances.get(0).lostRefunds()).isZero();
    }

    @Test
    void losesAndGrantsNothingWhileClientsReserveAndLeasesEnd() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        AtomicLong charged = new AtomicLong();
        AtomicLong kept = new AtomicLong();
        long leasedBefore = sum(LeasingRateLimiter::leasedDecisions) + sum(LeasingRateLimiter::leases);
        long leasesBefore = sum(LeasingRateLimiter::leases);
        long before = left();

        List<Callable<Object>> clients = new ArrayList<>();
        for (int client = 0; client < 4; client++) {
            Random random = new Random(seed + client);
            clients.add(Executors.callable(() -> run(random, charged, kept)));
        }
        onThreadsOfTheirOwn(clients);

        // A lease takes all its tokens when it begins, one of them for the request that asked for it.
        long fromLeases = sum(LeasingRateLimiter::leasedDecisions) + sum(LeasingRateLimiter::leases) - leasedBefore;
        long leases = sum(LeasingRateLimiter::leases) - leasesBefore;
        assertThat(before - left())
                .as("seed %d", seed)
                .isEqualTo(kept.get() + charged.get() - fromLeases + leases * TOKENS);
        assertThat(sum(LeasingRateLimiter::lostRefunds)).as("seed %d", seed).isZero();
        assertThat(leases).as("seed %d", seed).isPositive();
        assertThat(kept.get()).as("seed %d", seed).isPositive();
    }

    /** Charges, reserves, and gives back through either instance; of what it holds in the end, it keeps all. */
    private void run(Random random, AtomicLong charged, AtomicLong kept) {
        List<RateLimitDecision> held = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            LeasingRateLimiter one = instances.get(random.nextInt(instances.size()));
            switch (random.nextInt(4)) {
                case 0, 1 -> charged.addAndGet(ask(one, CHARGE).allowed() ? 1 : 0);
                case 2 -> {
                    RateLimitDecision reserved = ask(one, RESERVATION);
                    if (reserved.allowed()) {
                        held.add(reserved);
                    }
                }
                default -> {
                    if (!held.isEmpty()) {
                        time.advance(LEASE.dividedBy(1 + random.nextInt(8)));
                        one.refund(held.remove(random.nextInt(held.size())))
                                .toCompletableFuture()
                                .join();
                    }
                }
            }
        }
        kept.addAndGet(held.size());
    }

    private static void onThreadsOfTheirOwn(List<Callable<Object>> clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        try {
            for (Future<?> client : threads.invokeAll(clients, 60, TimeUnit.SECONDS)) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private LeasingRateLimiter leasing() {
        return LeasingRateLimiter.builder(shared)
                .tokens(TOKENS)
                .duration(LEASE)
                .hotPerSecond(1)
                .time(time)
                .build();
    }

    private long sum(ToLongFunction<LeasingRateLimiter> counter) {
        return instances.stream().mapToLong(counter).sum();
    }

    private long left() {
        return ask(shared, CHARGE.withCost(0)).remaining();
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) {
        return limiter.decide(check)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
