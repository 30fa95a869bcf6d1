package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import org.junit.jupiter.api.Test;

/** Tokens that come back to a lease. */
class LeaseRefundsTest extends LeasedKey {
    @Test
    void takesRefundsUntilTheLastNanosecondOfALease() {
        RateLimitDecision leased = heat();
        time.advance(LEASE.minus(NANO));
        spend(9);

        assertThat(limiter.refund(leased).toCompletableFuture()).isCompleted();

        assertThat(ask(CHECK).source()).isEqualTo(Source.LEASE);
        assertThat(shared.costs).hasSize(3);
        assertThat(limiter.lostRefunds()).isZero();
    }

    @Test
    void givesTheWholeCostBackToTheLease() {
        RateLimitCheck four = CHECK.withCost(4);
        RateLimitDecision leased = heat(four);
        assertThat(spend(6)).isEqualTo(6);

        limiter.refund(leased);

        assertThat(spend(4)).isEqualTo(4);
        assertThat(shared.costs).hasSize(3);
        ask(CHECK);
        assertThat(shared.costs).hasSize(4);
    }

    @Test
    void holdsNoMoreThanTheCapacityInALeaseHoweverMuchComesBack() {
        RateLimitDecision leased = heat();
        for (int i = 0; i < 300; i++) {
            limiter.refund(leased);
        }

        assertThat(ask(CHECK).remaining()).as("never more than a full bucket").isEqualTo(100);
        assertThat(spend(99)).isEqualTo(99);
        assertThat(shared.costs).hasSize(3);
        ask(CHECK);
        assertThat(shared.costs).hasSize(4);
    }

    @Test
    void givesNothingBackOfADecisionThatTookNothing() {
        RateLimitDecision leased = heat();
        RateLimitDecision nothing =
                new RateLimitDecision(CHECK.withCost(0), leased.bandwidth(), true, 1, 0, 0, 0, 0, Source.LEASE);
        time.advance(LEASE);

        assertThat(limiter.refund(nothing).toCompletableFuture()).isCompleted();
        assertThat(limiter.lostRefunds()).isZero();
    }

    @Test
    void losesARefundForAKeyThatNeverHadALease() {
        ask(CHECK);
        RateLimitDecision elsewhere =
                new RateLimitDecision(CHECK, LIMIT.bandwidths().get(0), true, 1, 0, 0, 0, 0, Source.LEASE);

        assertThat(limiter.refund(elsewhere).toCompletableFuture()).isCompletedExceptionally();
        assertThat(limiter.lostRefunds()).isEqualTo(1);
    }
}
