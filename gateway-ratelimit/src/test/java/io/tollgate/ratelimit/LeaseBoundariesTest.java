package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** When a lease begins and ends, what it pays for, and what it costs the shared limiter. */
class LeaseBoundariesTest extends LeasedKey {
    // Hot keys

    @Test
    void takesALeaseWithTheRequestThatMakesAKeyHot() {
        ask(CHECK);
        ask(CHECK);
        assertThat(limiter.leases()).isZero();

        ask(CHECK);

        assertThat(shared.costs).containsExactly(1L, 1L, 10L);
        assertThat(limiter.leases()).isEqualTo(1);
    }

    @Test
    void countsTheRequestsOfOneSecondToItsLastNanosecond() {
        ask(CHECK);
        ask(CHECK);
        time.advance(Duration.ofSeconds(1));
        ask(CHECK);

        assertThat(limiter.leases()).isEqualTo(1);
    }

    @Test
    void countsAnewInTheNextSecond() {
        ask(CHECK);
        ask(CHECK);
        time.advance(Duration.ofSeconds(1).plus(NANO));
        ask(CHECK);
        ask(CHECK);
        assertThat(limiter.leases()).isZero();

        ask(CHECK);

        assertThat(limiter.leases()).isEqualTo(1);
    }

    @Test
    void takesTheNextLeaseAtOnceIfTheLastWasSpentInTime() {
        LeasingRateLimiter patient = lasting(Duration.ofSeconds(2));
        for (int i = 0; i < 12; i++) {
            ask(patient, CHECK);
        }
        time.advance(Duration.ofSeconds(2).minus(NANO));

        ask(patient, CHECK);

        assertThat(shared.costs).containsExactly(1L, 1L, 10L, 10L);
    }

    @Test
    void takesNoLeaseForAKeyThatWasHotUntilItsLeaseEnded() {
        LeasingRateLimiter patient = lasting(Duration.ofSeconds(2));
        for (int i = 0; i < 12; i++) {
            ask(patient, CHECK);
        }
        time.advance(Duration.ofSeconds(2));

        ask(patient, CHECK);

        assertThat(shared.costs).containsExactly(1L, 1L, 10L, 1L);
    }

    // The size of a lease

    @Test
    void paysForEveryTokenOfALeaseAndForNoMore() {
        heat();

        assertThat(spend(9)).isEqualTo(9);
        assertThat(limiter.leasedDecisions()).isEqualTo(9);
        assertThat(shared.costs).containsExactly(1L, 1L, 10L);
        assertThat(ask(CHECK).source()).as("of the next lease").isEqualTo(Source.LEASE);
        assertThat(shared.costs).containsExactly(1L, 1L, 10L, 10L);
    }

    @Test
    void addsTheRestOfALeaseToTheNext() {
        RateLimitCheck three = CHECK.withCost(3);
        heat(three);
        ask(three);
        ask(three);
        assertThat(shared.costs).as("one token is left").containsExactly(3L, 3L, 10L);

        ask(three);

        assertThat(shared.costs).as("a second lease").containsExactly(3L, 3L, 10L, 10L);
        assertThat(spend(8)).as("1 + 10 - 3 tokens").isEqualTo(8);
        assertThat(shared.costs).hasSize(4);
    }

    @Test
    void losesTheRestOfALeaseThatEnded() {
        heat();
        time.advance(LEASE);

        ask(CHECK);

        assertThat(shared.costs).as("the key is still hot").containsExactly(1L, 1L, 10L, 10L);
        assertThat(spend(9)).isEqualTo(9);
        assertThat(shared.costs).hasSize(4);
        ask(CHECK);
        assertThat(shared.costs).hasSize(5);
    }

    @Test
    void losesTheRestOfALeaseWhoseLimitChanged() {
        heat();
        RateLimitCheck changed = CHECK.withLimit(RateLimit.of(Bandwidth.of(200, 1, Duration.ofDays(1))));

        ask(changed);

        assertThat(shared.costs).containsExactly(1L, 1L, 10L, 10L);
        for (int i = 0; i < 9; i++) {
            ask(changed);
        }
        assertThat(shared.costs).hasSize(4);
        ask(changed);
        assertThat(shared.costs).hasSize(5);
    }

    @Test
    void leasesNoMoreThanATenthOfTheCapacity() {
        LeasingRateLimiter eager = limiter(1);

        ask(eager, check("fifty", 50));
        ask(eager, check("twenty", 20));
        ask(eager, check("nineteen", 19));

        assertThat(shared.costs).as("a tenth of 19 is what one request costs").containsExactly(5L, 2L, 1L);
        assertThat(eager.leases()).isEqualTo(2);
    }

    @Test
    void leavesRequestsThatCostAWholeLeaseToTheSharedLimiter() {
        LeasingRateLimiter eager = limiter(1);

        ask(eager, CHECK.withCost(10));
        assertThat(eager.leases()).isZero();
        ask(eager, CHECK.withCost(9));

        assertThat(eager.leases()).isEqualTo(1);
    }

    @Test
    void asksTheSharedLimiterWhatIsLeft() {
        heat();

        RateLimitDecision look = ask(CHECK.withCost(0));

        assertThat(look.source()).isNotEqualTo(Source.LEASE);
        assertThat(shared.costs).endsWith(0L);
    }

    @Test
    void takesReservationsFromTheSharedLimiterThoughThereIsALease() {
        heat();

        RateLimitDecision reserved = ask(CHECK.reservedFor(Set.of(CommonError.UNAUTHENTICATED)));

        assertThat(reserved.source()).isNotEqualTo(Source.LEASE);
        assertThat(spend(9)).as("the lease is untouched").isEqualTo(9);
    }

    // Its time

    @Test
    void paysUntilTheLastNanosecondOfALease() {
        heat();
        time.advance(LEASE.minus(NANO));

        assertThat(ask(CHECK).source()).isEqualTo(Source.LEASE);
        assertThat(shared.costs).hasSize(3);
    }

    @Test
    void paysNothingFromTheMomentALeaseEnds() {
        heat();
        time.advance(LEASE);

        ask(CHECK);

        assertThat(shared.costs).hasSize(4);
    }

    @Test
    void beginsALeaseWhenItIsGranted() {
        ask(CHECK);
        ask(CHECK);
        CompletableFuture<RateLimitDecision> slow = shared.hold();
        limiter.decide(CHECK);
        time.advance(LEASE);
        slow.complete(shared.buckets.decideNow(CHECK.withCost(10)));
        time.advance(LEASE.minus(NANO));

        assertThat(ask(CHECK).source()).isEqualTo(Source.LEASE);
    }

    // Requests for leases

    @Test
    void asksForOneLeaseAtATime() {
        ask(CHECK);
        ask(CHECK);
        CompletableFuture<RateLimitDecision> slow = shared.hold();
        CompletableFuture<RateLimitDecision> waiting = limiter.decide(CHECK).toCompletableFuture();

        ask(CHECK);
        ask(CHECK);

        assertThat(waiting).isNotDone();
        assertThat(shared.costs).containsExactly(1L, 1L, 10L, 1L, 1L);
        slow.complete(shared.buckets.decideNow(CHECK.withCost(10)));
        assertThat(waiting.join().source()).isEqualTo(Source.LEASE);
        assertThat(spend(9)).isEqualTo(9);
    }

    @Test
    void asksForASingleRequestWhereALeaseIsRejectedAndForNoLeaseUntilItWouldHaveEnded() {
        LeasingRateLimiter eager = limiter(1);
        shared.buckets.decideNow(CHECK.withCost(95));

        assertThat(ask(eager, CHECK).allowed()).isTrue();
        time.advance(LEASE.minus(NANO));
        ask(eager, CHECK);
        time.advance(NANO);
        ask(eager, CHECK);

        assertThat(shared.costs).containsExactly(10L, 1L, 1L, 10L, 1L);
        assertThat(eager.leases()).isZero();
    }

    @Test
    void failsARequestWhoseLeaseFailsAndAsksForNoLeaseUntilItWouldHaveEnded() {
        LeasingRateLimiter eager = limiter(1);
        CompletableFuture<RateLimitDecision> lease = shared.hold();
        CompletableFuture<RateLimitDecision> failing = eager.decide(CHECK).toCompletableFuture();
        lease.completeExceptionally(Outages.of("down"));

        assertThatThrownBy(failing::join).isInstanceOf(CompletionException.class);
        time.advance(LEASE.minus(NANO));
        ask(eager, CHECK);
        time.advance(NANO);
        ask(eager, CHECK);

        assertThat(shared.costs).containsExactly(10L, 1L, 10L);
    }

    @Test
    void failsARequestWhoseSingleDecisionFailsAfterItsLeaseWasRejected() {
        LeasingRateLimiter eager = limiter(1);
        shared.buckets.decideNow(CHECK.withCost(100));
        CompletableFuture<RateLimitDecision> lease = shared.hold();
        CompletableFuture<RateLimitDecision> single = shared.hold();
        CompletableFuture<RateLimitDecision> failing = eager.decide(CHECK).toCompletableFuture();
        lease.complete(shared.buckets.decideNow(CHECK.withCost(10)));
        assertThat(failing).isNotDone();

        single.completeExceptionally(Outages.of("down"));

        assertThatThrownBy(failing::join).isInstanceOf(CompletionException.class);
    }

    @Test
    void failsARequestForWhichTheSharedLimiterThrows() {
        LeasingRateLimiter broken = LeasingRateLimiter.builder(check -> {
                    throw new IllegalStateException("bug");
                })
                .hotPerSecond(1)
                .time(time)
                .build();

        assertThat(broken.decide(CHECK).toCompletableFuture()).isCompletedExceptionally();
    }

    // Numbers of a decision

    @Test
    void reportsWhatTheSharedBucketAndTheLeaseHaveLeftTogether() {
        heat();

        RateLimitDecision second = ask(CHECK);
        RateLimitDecision third = ask(CHECK);

        assertThat(List.of(second.remaining(), third.remaining()))
                .as("after 4 and 5 requests")
                .containsExactly(96L, 95L);
        assertThat(second.allowed()).isTrue();
        assertThat(second.check()).isEqualTo(CHECK);
        assertThat(second.bandwidth()).isEqualTo(LIMIT.bandwidths().get(0));
        assertThat(second.retryAfterNanos()).isZero();
        RateLimitDecision bucket = shared.buckets.decideNow(CHECK.withCost(0));
        assertThat(second.nextTokenNanos()).isEqualTo(bucket.nextTokenNanos());
        assertThat(second.fullNanos()).isEqualTo(bucket.fullNanos());
        assertThat(second.decidedAtMicros()).isEqualTo(bucket.decidedAtMicros());
    }

    // Settings

    @Test
    void acceptsSettingsToTheEndsOfTheirRanges() {
        assertThatCode(() -> LeasingRateLimiter.builder(shared)
                        .tokens(2)
                        .tokens(10_000)
                        .duration(Duration.ofMillis(10))
                        .duration(Duration.ofMinutes(1))
                        .hotPerSecond(1))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> LeasingRateLimiter.builder(shared).tokens(10_001))
                .hasMessage("tokens: 10001 (expected: 2 to 10000)");
        assertThatThrownBy(() -> LeasingRateLimiter.builder(shared)
                        .duration(Duration.ofMinutes(1).plus(NANO)))
                .hasMessage("duration: PT1M0.000000001S (expected: 10 ms to 1 min)");
        assertThatThrownBy(() -> LeasingRateLimiter.builder(shared).duration(Duration.ofMillis(9)))
                .hasMessage("duration: PT0.009S (expected: 10 ms to 1 min)");
    }

    @Test
    void leasesAsManyTokensAsAreSet() {
        LeasingRateLimiter four = LeasingRateLimiter.builder(shared)
                .tokens(4)
                .hotPerSecond(1)
                .time(time)
                .build();

        ask(four, CHECK);

        assertThat(shared.costs).containsExactly(4L);
    }
}
