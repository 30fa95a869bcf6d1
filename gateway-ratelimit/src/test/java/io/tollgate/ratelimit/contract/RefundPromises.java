package io.tollgate.ratelimit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

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
    /** Returns whether the limiter has refunds, which it does by default. */
    protected boolean hasRefunds() {
        return true;
    }

    @Test
    void saysSoIfItHasNoRefunds() {
        RateLimitDecision decision = ask(check(RateLimit.perDay(10)));
        if (hasRefunds()) {
            assertThat(limiter().refund(decision)).isNotNull();
        } else {
            assertThatThrownBy(() -> limiter().refund(decision)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void givesBackWhatADecisionTook() {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check = check(RateLimit.perDay(10));
        RateLimitDecision six = ask(check.withCost(6));
        ask(check.withCost(3));
        assertThat(ask(check.withCost(3)).allowed()).isFalse();
        refund(six);
        assertThat(left(check)).isEqualTo(7);
        assertThat(ask(check.withCost(7)).allowed()).isTrue();
        assertThat(ask(check).allowed()).isFalse();
    }

    @Test
    void givesBackToEveryWindow() {
        assumeThat(hasRefunds()).isTrue();
        RateLimit limit = RateLimit.perHour(4).and(RateLimit.perDay(5));
        RateLimitCheck check = check(limit);
        RateLimitDecision first = ask(check.withCost(4));
        advance(Duration.ofHours(1));
        refund(first);
        advance(Duration.ofMinutes(30));
        // The hour's window is full by itself; of the day's, five are there only if four came back.
        assertThat(ask(check.withCost(4)).allowed()).isTrue();
        advance(Duration.ofMinutes(30));
        assertThat(ask(check).allowed()).isTrue();
        assertThat(ask(check).bandwidth()).isEqualTo(limit.bandwidths().get(1));
    }

    @Test
    void fillsNoWindowBeyondItsCapacity() {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check = check(RateLimit.perHour(10));
        RateLimitDecision five = ask(check.withCost(5));
        advance(Duration.ofHours(1));
        ask(check.withCost(3));
        refund(five);
        assertThat(left(check)).isEqualTo(10);
        assertThat(ask(check.withCost(0)).fullNanos()).isZero();
        assertThat(ask(check.withCost(10)).allowed()).isTrue();
        assertThat(ask(check).allowed()).isFalse();
    }

    @Test
    void givesNothingBackToABucketThatIsGone() {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check = check(RateLimit.perHour(10));
        RateLimitDecision four = ask(check.withCost(4));
        advance(Duration.ofDays(1));
        refund(four);
        assertThat(ask(check.withCost(10)).allowed()).isTrue();
        assertThat(ask(check).allowed()).isFalse();
    }

    @Test
    void givesNothingBackOfWhatTookNothing() {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check = check(RateLimit.perDay(10));
        ask(check.withCost(6));
        refund(ask(check.withCost(5)));
        refund(ask(check.withCost(0)));
        assertThat(left(check)).isEqualTo(4);
    }

    @Test
    void givesBackTheSameShareWhereTheLimitChanged() {
        assumeThat(hasRefunds()).isTrue();
        RateLimit before = RateLimit.perHour(100).and(RateLimit.perDay(1_000));
        RateLimitDecision half = ask(check(before).withCost(50));
        RateLimit after = RateLimit.perDay(2_000).and(RateLimit.perHour(10));
        RateLimitCheck changed = check(after);
        // 5 of 10 an hour are left, and 1,900 of 2,000 a day.
        assertThat(ask(changed.withCost(4)).allowed()).isTrue();
        refund(half);
        RateLimitDecision hourly = ask(changed.withCost(0));
        assertThat(hourly.bandwidth()).isEqualTo(after.bandwidths().get(1));
        assertThat(hourly.remaining()).isEqualTo(6);
        assertThat(ask(check(RateLimit.perDay(2_000)).withCost(0)).remaining()).isEqualTo(1_996);
    }

    @Test
    void doesNotMoveTheEndOfAnInterval() {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.of(10, 4, Duration.ofHours(1)).withRefill(Refill.INTERVAL)));
        RateLimitDecision three = ask(check.withCost(3));
        ask(check.withCost(7));
        advance(Duration.ofMinutes(40));
        refund(three);
        RateLimitDecision then = ask(check.withCost(0));
        assertThat(then.remaining()).isEqualTo(3);
        assertSeconds(then.nextTokenNanos(), 1_200);
        assertSeconds(then.fullNanos(), 1_200 + 3_600);
        advance(Duration.ofMinutes(21));
        assertThat(left(check)).isEqualTo(7);
    }

    @Test
    void letsNobodyElseCompleteItsRefund() {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check = check(RateLimit.perDay(10));
        RateLimitDecision six = ask(check.withCost(6));
        limiter().refund(six).toCompletableFuture().cancel(true);
        assertThat(left(check)).isEqualTo(10);
    }

    @Test
    void grantsExactlyTheCapacityToManyThreadsThatTakeAndGiveBack() throws Exception {
        assumeThat(hasRefunds()).isTrue();
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
            onFourThreads(() -> {
                Random random = new Random(seed + threads.getAndIncrement());
                List<RateLimitDecision> held = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    RateLimiter one = limiters.get(random.nextInt(limiters.size()));
                    if (held.isEmpty() || random.nextBoolean()) {
                        RateLimitDecision decision = one.decide(check.withCost(1L + random.nextInt(20)))
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS);
                        if (decision.allowed()) {
                            assertThat(charged.addAndGet(decision.check().cost()))
                                    .as(about)
                                    .isLessThanOrEqualTo(capacity);
                            held.add(decision);
                        }
                    } else {
                        RateLimitDecision decision = held.remove(random.nextInt(held.size()));
                        charged.addAndGet(-decision.check().cost());
                        one.refund(decision).toCompletableFuture().get(10, TimeUnit.SECONDS);
                    }
                }
                return null;
            });
            while (ask(check).allowed()) {
                charged.incrementAndGet();
            }
            assertThat(charged).as(about).hasValue(capacity);
        }
    }

    @Test
    void endsEveryRefundWhileItsStoreIsAwayAndSendsNoneTwice() throws Exception {
        assumeThat(hasRefunds()).isTrue();
        RateLimitCheck check = check(RateLimit.perDay(1_000));
        List<RateLimitDecision> held = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            held.add(ask(check.withCost(2)));
        }
        ask(check.withCost(100));
        boolean broken = breakStore();
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
            if (broken) {
                repairStore();
            }
        }
        awaitStore(check);
        assertThat(left(check)).isBetween(860L, 900L);
    }

    private long left(RateLimitCheck check) {
        return ask(check.withCost(0)).remaining();
    }

    private void refund(RateLimitDecision decision) {
        limiter()
                .refund(decision)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
