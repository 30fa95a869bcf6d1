package io.tollgate.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.ratelimit.Refill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The promises of {@link RateLimiter#refund}, or that there is none. */
abstract class RefundPromises extends TestedLimiter {
    @Test
    void throwsAtOnceIfItHasNoRefunds() {
        RateLimitDecision decision = ask(check(RateLimit.perDay(10)));
        if (supportsRefunds()) {
            assertNotNull(limiter().refund(decision));
        } else {
            assertThrows(UnsupportedOperationException.class, () -> limiter().refund(decision));
        }
    }

    @Test
    void givesBackWhatADecisionTook() {
        assumeTrue(supportsRefunds());
        RateLimitCheck check = check(RateLimit.perDay(10));
        RateLimitDecision six = ask(check.withCost(6));
        ask(check.withCost(3));
        assertRejected(check.withCost(3));
        refund(six);
        assertEquals(7, left(check));
        assertAllowed(check.withCost(7));
        assertRejected(check);
    }

    @Test
    void givesBackToEveryWindow() {
        assumeTrue(supportsRefunds());
        RateLimit limit = RateLimit.perHour(4).and(RateLimit.perDay(5));
        RateLimitCheck check = check(limit);
        RateLimitDecision first = ask(check.withCost(4));
        advance(Duration.ofHours(1));
        refund(first);
        advance(Duration.ofMinutes(30));
        // The hour's window is full by itself; of the day's, five are there only if four came back.
        assertAllowed(check.withCost(4));
        advance(Duration.ofMinutes(30));
        assertAllowed(check);
        assertEquals(limit.bandwidths().get(1), ask(check).bandwidth());
    }

    @Test
    void fillsNoWindowBeyondItsCapacity() {
        assumeTrue(supportsRefunds());
        RateLimitCheck check = check(RateLimit.perHour(10));
        RateLimitDecision five = ask(check.withCost(5));
        advance(Duration.ofHours(1));
        ask(check.withCost(3));
        refund(five);
        assertEquals(10, left(check));
        assertEquals(0, ask(check.withCost(0)).fullNanos());
        assertAllowed(check.withCost(10));
        assertRejected(check);
    }

    @Test
    void givesNothingBackToABucketThatIsGone() {
        assumeTrue(supportsRefunds());
        RateLimitCheck check = check(RateLimit.perHour(10));
        RateLimitDecision four = ask(check.withCost(4));
        advance(Duration.ofDays(1));
        refund(four);
        assertAllowed(check.withCost(10));
        assertRejected(check);
    }

    @Test
    void givesNothingBackOfWhatTookNothing() {
        assumeTrue(supportsRefunds());
        RateLimitCheck check = check(RateLimit.perDay(10));
        ask(check.withCost(6));
        refund(ask(check.withCost(5)));
        refund(ask(check.withCost(0)));
        assertEquals(4, left(check));
    }

    @Test
    void givesBackTheSameShareIfTheLimitHasChanged() {
        assumeTrue(supportsRefunds());
        RateLimit before = RateLimit.perHour(100).and(RateLimit.perDay(1_000));
        RateLimitDecision half = ask(check(before).withCost(50));
        RateLimit after = RateLimit.perDay(2_000).and(RateLimit.perHour(10));
        RateLimitCheck changed = check(after);
        // 5 of 10 an hour are left, and 1,900 of 2,000 a day.
        assertAllowed(changed.withCost(4));
        refund(half);
        RateLimitDecision hourly = ask(changed.withCost(0));
        assertEquals(after.bandwidths().get(1), hourly.bandwidth());
        assertEquals(6, hourly.remaining());
        assertEquals(1_996, left(check(RateLimit.perDay(2_000))));
    }

    @Test
    void doesNotMoveTheEndOfAnInterval() {
        assumeTrue(supportsRefunds());
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.of(10, 4, Duration.ofHours(1)).withRefill(Refill.INTERVAL)));
        RateLimitDecision three = ask(check.withCost(3));
        ask(check.withCost(7));
        advance(Duration.ofMinutes(40));
        refund(three);
        RateLimitDecision then = ask(check.withCost(0));
        assertEquals(3, then.remaining());
        assertSeconds(1_200, then.nextTokenNanos());
        assertSeconds(1_200 + 3_600, then.fullNanos());
        advance(Duration.ofMinutes(21));
        assertEquals(7, left(check));
    }

    @Test
    void keepsItsRefundIfACallerCancelsTheirs() {
        assumeTrue(supportsRefunds());
        RateLimitCheck check = check(RateLimit.perDay(10));
        RateLimitDecision six = ask(check.withCost(6));
        limiter().refund(six).toCompletableFuture().cancel(true);
        assertEquals(10, left(check));
    }

    @Test
    void grantsTheCapacityToManyThreadsThatTakeAndGiveBack() throws Exception {
        assumeTrue(supportsRefunds());
        for (int instances = 1; instances <= 3; instances++) {
            long seed = ThreadLocalRandom.current().nextLong();
            long capacity = 200;
            RateLimitCheck check = RateLimitCheck.of(
                    "refunds", key + instances, RateLimit.of(Bandwidth.of(capacity, 1, Duration.ofDays(30))));
            List<RateLimiter> limiters = limiters(instances);
            AtomicLong threads = new AtomicLong();
            // Counted when it is known to be charged, and no more from just before it is given back: never too much.
            AtomicLong charged = new AtomicLong();
            String about = "seed " + seed + ", instances " + instances;
            Stages.onThreads(4, () -> {
                takeAndGiveBack(limiters, check, charged, new Random(seed + threads.getAndIncrement()), about);
                return true;
            });
            while (ask(check).allowed()) {
                charged.incrementAndGet();
            }
            assertEquals(capacity, charged.get(), about);
        }
    }

    private static void takeAndGiveBack(
            List<RateLimiter> limiters, RateLimitCheck check, AtomicLong charged, Random random, String about) {
        List<RateLimitDecision> held = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            RateLimiter one = limiters.get(random.nextInt(limiters.size()));
            if (held.isEmpty() || random.nextBoolean()) {
                RateLimitDecision decision = Stages.await(one.decide(check.withCost(1L + random.nextInt(20))));
                if (decision.allowed()) {
                    assertTrue(
                            charged.addAndGet(decision.check().cost())
                                    <= check.limit().capacity(),
                            about);
                    held.add(decision);
                }
            } else {
                RateLimitDecision decision = held.remove(random.nextInt(held.size()));
                charged.addAndGet(-decision.check().cost());
                Stages.await(one.refund(decision));
            }
        }
    }

    @Test
    void endsEveryRefundDuringAnOutageAndSendsNoneTwice() throws Exception {
        assumeTrue(supportsRefunds() && supportsOutages());
        RateLimitCheck check = check(RateLimit.perDay(1_000));
        List<RateLimitDecision> held = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            held.add(ask(check.withCost(2)));
        }
        ask(check.withCost(100));
        breakStore();
        try {
            List<CompletableFuture<?>> refunds = new ArrayList<>();
            for (RateLimitDecision each : held) {
                refunds.add(limiter().refund(each).toCompletableFuture());
            }
            for (CompletableFuture<?> each : refunds) {
                // Given back, or known to be lost; but one of them, and soon.
                each.handle((back, failure) -> failure).get(30, TimeUnit.SECONDS);
            }
        } finally {
            repairStore();
        }
        awaitStore(check);
        assertBetween(860, 900, left(check));
    }

    private void refund(RateLimitDecision decision) {
        Stages.await(limiter().refund(decision));
    }
}
