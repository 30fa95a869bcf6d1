package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeasingRateLimiterTest {
    private static final RateLimit LIMIT = RateLimit.of(Bandwidth.of(1_000, 1_000, Duration.ofSeconds(1)));
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "hot", LIMIT);

    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter buckets = Limiters.local(time);
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong refunds = new AtomicLong();
    private final RateLimiter shared = new Shared();

    @Test
    void asksForEveryRequestOfAKeyThatIsNotHot() {
        LeasingRateLimiter limiter = limiter();
        for (int i = 0; i < 50; i++) {
            time.advance(Duration.ofMillis(20));
            assertThat(ask(limiter, CHECK).allowed()).isTrue();
        }
        assertThat(asked).hasValue(50);
        assertThat(limiter.leases()).isZero();
    }

    @Test
    void asksOncePerLeaseForAHotKey() {
        LeasingRateLimiter limiter = limiter();
        for (int i = 0; i < 1_100; i++) {
            time.advance(Duration.ofMillis(1));
            assertThat(ask(limiter, CHECK).allowed()).isTrue();
        }
        assertThat(asked.get()).isBetween(190L, 210L);
        assertThat(limiter.leases()).isBetween(90L, 110L);
        assertThat(limiter.leasedDecisions()).isGreaterThan(850);
    }

    @Test
    void countsTheKeysThatHaveALease() {
        LeasingRateLimiter limiter = limiter();
        assertThat(limiter.keysWithLease()).isZero();
        ask(limiter, CHECK);
        assertThat(limiter.keysWithLease()).as("not hot yet").isZero();
        for (int i = 0; i < 100; i++) {
            ask(limiter, CHECK);
            ask(limiter, RateLimitCheck.of("p", "other", LIMIT));
        }
        assertThat(limiter.keysWithLease()).isEqualTo(2);

        time.advance(LeasedKey.LEASE.minus(LeasedKey.NANO));
        assertThat(limiter.keysWithLease()).isEqualTo(2);
        time.advance(LeasedKey.NANO);

        assertThat(limiter.keysWithLease()).isZero();
    }

    @Test
    void losesNoMoreThanALeaseWhenRequestsStop() {
        LeasingRateLimiter limiter = limiter();
        for (int i = 0; i < 101; i++) {
            ask(limiter, CHECK);
        }
        assertThat(limiter.leases()).isEqualTo(1);
        long used = 1_000 - buckets.decideNow(CHECK.withCost(0)).remaining();
        assertThat(used).isBetween(101L, 110L);
    }

    @Test
    void forgetsALeaseWhenItsTimeIsOver() {
        LeasingRateLimiter limiter = limiter();
        for (int i = 0; i < 101; i++) {
            ask(limiter, CHECK);
        }
        long before = asked.get();
        time.advance(Duration.ofMillis(501));
        ask(limiter, CHECK);
        assertThat(asked.get()).isEqualTo(before + 1);
    }

    @Test
    void asksForOneWhereALeaseIsRefused() {
        LeasingRateLimiter limiter = limiter();
        RateLimit small = RateLimit.of(Bandwidth.of(105, 1, Duration.ofDays(1)));
        RateLimitCheck check = RateLimitCheck.of("p", "small", small);
        int allowed = 0;
        for (int i = 0; i < 200; i++) {
            allowed += ask(limiter, check).allowed() ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(105);
    }

    @Test
    void endsALeaseWhenTheLimitChanges() {
        LeasingRateLimiter limiter = limiter();
        for (int i = 0; i < 101; i++) {
            ask(limiter, CHECK);
        }
        RateLimit other = RateLimit.of(Bandwidth.of(100, 100, Duration.ofSeconds(1)));
        long before = asked.get();
        ask(limiter, RateLimitCheck.of("p", "hot", other));
        assertThat(asked.get()).isGreaterThan(before);
    }

    @Test
    void givesBackToTheLeaseThatTheTokensCameFrom() {
        LeasingRateLimiter limiter = limiter();
        RateLimitDecision leased = heat(limiter);
        for (int i = 0; i < 9; i++) {
            ask(limiter, CHECK);
        }
        long before = asked.get();
        assertThat(limiter.refund(leased).toCompletableFuture()).isCompleted();
        assertThat(ask(limiter, CHECK).source()).isEqualTo(Source.LEASE);
        assertThat(asked).hasValue(before);
        assertThat(refunds).hasValue(0);
        ask(limiter, CHECK);
        assertThat(asked.get()).isGreaterThan(before);
    }

    @Test
    void losesARefundWhoseLeaseHasEnded() {
        LeasingRateLimiter limiter = limiter();
        RateLimitDecision leased = heat(limiter);
        long left = buckets.decideNow(CHECK.withCost(0)).remaining();
        time.advance(Duration.ofMillis(500));
        assertThat(limiter.refund(leased).toCompletableFuture()).isCompletedExceptionally();
        assertThat(limiter.lostRefunds()).isEqualTo(1);
        assertThat(refunds).hasValue(0);
        assertThat(left).isLessThan(1_000);
    }

    @Test
    void losesARefundOfALeaseOfAnotherLimitOrKey() {
        LeasingRateLimiter limiter = limiter();
        RateLimitDecision leased = heat(limiter);
        RateLimit other = RateLimit.of(Bandwidth.of(500, 500, Duration.ofSeconds(1)));
        RateLimitDecision ofAnother = new RateLimitDecision(
                CHECK.withLimit(other), other.bandwidths().get(0), true, 1, 0, 0, 0, 0, Source.LEASE);
        assertThat(limiter.refund(ofAnother).toCompletableFuture()).isCompletedExceptionally();
        RateLimitDecision ofNobody = new RateLimitDecision(
                RateLimitCheck.of("p", "cold", LIMIT), leased.bandwidth(), true, 1, 0, 0, 0, 0, Source.LEASE);
        assertThat(limiter.refund(ofNobody).toCompletableFuture()).isCompletedExceptionally();
        assertThat(limiter.lostRefunds()).isEqualTo(2);
    }

    @Test
    void givesBackWhatTheSharedLimiterTookThere() {
        LeasingRateLimiter limiter = limiter();
        RateLimitDecision single = ask(limiter, CHECK.withCost(300));
        assertThat(limiter.refund(single).toCompletableFuture()).isCompleted();
        assertThat(refunds).hasValue(1);
        assertThat(buckets.decideNow(CHECK.withCost(0)).remaining()).isEqualTo(1_000);
    }

    @Test
    void passesAnOutageOn() {
        CompletionStage<RateLimitDecision> outage = CompletableFuture.failedStage(Outages.of("down"));
        LeasingRateLimiter limiter = LeasingRateLimiter.builder(check -> outage)
                .hotPerSecond(1)
                .time(time)
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(limiter.decide(CHECK).toCompletableFuture()).isCompletedExceptionally();
        }
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> LeasingRateLimiter.builder(shared).tokens(1))
                .hasMessage("tokens: 1 (expected: 2 to 10000)");
        assertThatThrownBy(() -> LeasingRateLimiter.builder(shared).duration(Duration.ZERO))
                .hasMessage("duration: PT0S (expected: 10 ms to 1 min)");
        assertThatThrownBy(() -> LeasingRateLimiter.builder(shared).hotPerSecond(0))
                .hasMessage("hotPerSecond: 0 (expected: 1 or more)");
    }

    /** Makes the key hot, and returns the first decision that was made from a lease. */
    private static RateLimitDecision heat(LeasingRateLimiter limiter) {
        RateLimitDecision decision = ask(limiter, CHECK);
        while (decision.source() != Source.LEASE) {
            decision = ask(limiter, CHECK);
        }
        return decision;
    }

    private LeasingRateLimiter limiter() {
        return LeasingRateLimiter.builder(shared).time(time).build();
    }

    /** Buckets that count what is asked of them. */
    private final class Shared implements RateLimiter {
        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            asked.incrementAndGet();
            return buckets.decide(check);
        }

        @Override
        public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
            refunds.incrementAndGet();
            return buckets.refund(decision);
        }
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }
}
