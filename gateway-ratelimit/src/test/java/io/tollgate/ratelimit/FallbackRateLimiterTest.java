package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.FallbackRateLimiter.State;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FallbackRateLimiterTest {
    private final VirtualTime time = new VirtualTime();
    private final Store store = new Store();
    private final List<String> changes = new ArrayList<>();

    @Test
    void asksTheSharedLimiterWhileItAnswers() {
        FallbackRateLimiter limiter = limiter(1);
        RateLimitDecision decision = ask(limiter, check(10));
        assertThat(decision.fallback()).isFalse();
        assertThat(decision.remaining()).isEqualTo(9);
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        assertThat(limiter.fallbackDecisions()).isZero();
    }

    @Test
    void decidesAFailedOneItselfAndStopsAskingAfterSeveralInARow() {
        FallbackRateLimiter limiter = limiter(1);
        store.broken = true;
        for (int i = 0; i < 4; i++) {
            time.advance(Duration.ofMillis(50));
            assertThat(ask(limiter, check(10)).fallback()).isTrue();
        }
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        store.broken = false;
        ask(limiter, check(10));
        store.broken = true;
        for (int i = 0; i < 50; i++) {
            ask(limiter, check(10));
        }
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        time.advance(Duration.ofMillis(100));
        ask(limiter, check(10));
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        int asked = store.asked.get();
        for (int i = 0; i < 100; i++) {
            ask(limiter, check(10));
        }
        assertThat(store.asked.get()).isEqualTo(asked);
        assertThat(changes).containsExactly("SHARED FALLBACK down");
        assertThat(limiter.outages()).isEqualTo(1);
        assertThat(limiter.fallbackDecisions()).isEqualTo(155);
    }

    @Test
    void probesBesideTheCallerAndComesBack() {
        FallbackRateLimiter limiter = limiter(1);
        giveUp(limiter);
        time.advance(Duration.ofMillis(499));
        ask(limiter, check(10));
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        time.advance(Duration.ofMillis(1));
        assertThat(ask(limiter, check(10)).fallback()).isTrue();
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);

        store.broken = false;
        store.pending = new CompletableFuture<>();
        time.advance(Duration.ofMillis(500));
        assertThat(ask(limiter, check(10)).fallback()).isTrue();
        assertThat(limiter.state()).isEqualTo(State.PROBING);
        int asked = store.asked.get();
        time.advance(Duration.ofSeconds(5));
        assertThat(ask(limiter, check(10)).fallback()).isTrue();
        assertThat(store.asked.get()).isEqualTo(asked);

        CompletableFuture<RateLimitDecision> probe = store.pending;
        store.pending = null;
        probe.complete(Limiters.local(time).decideNow(check(10)));
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        assertThat(ask(limiter, check(10)).fallback()).isFalse();
        assertThat(changes)
                .containsExactly(
                        "SHARED FALLBACK down",
                        "FALLBACK PROBING ",
                        "PROBING FALLBACK down",
                        "FALLBACK PROBING ",
                        "PROBING SHARED ");
    }

    @Test
    void enforcesItsShareOfTheLimitAndReportsThat() {
        FallbackRateLimiter limiter = limiter(3);
        giveUp(limiter);
        RateLimitCheck check = check(100).withCost(1);
        int allowed = 0;
        for (int i = 0; i < 200; i++) {
            allowed += ask(limiter, check).allowed() ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(33);
        RateLimitDecision refused = ask(limiter, check);
        assertThat(refused.check()).isEqualTo(check);
        assertThat(refused.bandwidth().capacity()).isEqualTo(33);
        time.advance(Duration.ofMinutes(30));
        assertThat(ask(limiter, check.withCost(0)).remaining()).isEqualTo(16);
        assertThat(ask(limiter, check.withCost(100)).allowed()).isFalse();
        time.advance(Duration.ofHours(1));
        assertThat(ask(limiter, check.withCost(100)).allowed()).isTrue();
    }

    @Test
    void leavesEveryInstanceAtLeastOneToken() {
        FallbackRateLimiter limiter = limiter(5);
        giveUp(limiter);
        assertThat(ask(limiter, check(2)).allowed()).isTrue();
        assertThat(ask(limiter, check(2)).allowed()).isFalse();
    }

    @Test
    void keepsItsBucketsFromOneOutageToTheNext() {
        FallbackRateLimiter limiter = limiter(1);
        giveUp(limiter);
        assertThat(ask(limiter, check(10).withCost(10)).allowed()).isTrue();
        store.broken = false;
        time.advance(Duration.ofMillis(500));
        ask(limiter, check(10));
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        giveUp(limiter);
        assertThat(ask(limiter, check(10)).allowed()).isFalse();
    }

    @Test
    void allowsOrDeniesWhereThePolicyWantsThat() {
        FallbackRateLimiter limiter = limiter(1);
        giveUp(limiter);
        RateLimitCheck check = check(1);
        for (int i = 0; i < 5; i++) {
            RateLimitDecision allowed = ask(limiter, check.withOnOutage(OnOutage.ALLOW));
            assertThat(allowed.allowed()).isTrue();
            assertThat(allowed.fallback()).isTrue();
            RateLimitDecision denied = ask(limiter, check.withOnOutage(OnOutage.DENY));
            assertThat(denied.rejects()).isTrue();
            assertThat(denied.retryAfter()).isPositive();
        }
    }

    @Test
    void givesBackWhatItTookItselfToItsShareAlone() {
        FallbackRateLimiter limiter = limiter(3);
        RateLimitCheck check = check(100);
        ask(limiter, check.withCost(50));
        giveUp(limiter);
        RateLimitDecision all = ask(limiter, check.withCost(100));
        assertThat(all.allowed()).isTrue();
        assertThat(ask(limiter, check).allowed()).isFalse();
        store.broken = false;
        assertThat(limiter.refund(all).toCompletableFuture()).isCompleted();
        assertThat(store.refunds).hasValue(0);
        assertThat(ask(limiter, check.withCost(0)).remaining()).isEqualTo(33);
        assertThat(store.buckets.decideNow(check.withCost(0)).remaining()).isEqualTo(50);
    }

    @Test
    void givesBackWhatTheSharedLimiterTookThereAlone() {
        FallbackRateLimiter limiter = limiter(1);
        RateLimitCheck check = check(100);
        RateLimitDecision shared = ask(limiter, check.withCost(50));
        RateLimitDecision lost = ask(limiter, check.withCost(10));
        giveUp(limiter);
        RateLimitDecision own = ask(limiter, check.withCost(80));
        assertThat(limiter.refund(lost).toCompletableFuture()).isCompletedExceptionally();
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        store.broken = false;
        assertThat(limiter.refund(shared).toCompletableFuture()).isCompleted();
        assertThat(store.refunds).hasValue(2);
        assertThat(own.remaining()).isEqualTo(20);
        assertThat(ask(limiter, check.withCost(0)).remaining()).isEqualTo(20);
        assertThat(store.buckets.decideNow(check.withCost(0)).remaining()).isEqualTo(90);
    }

    @Test
    void givesNothingBackOfWhatWasAssumed() {
        FallbackRateLimiter limiter = limiter(1);
        giveUp(limiter);
        RateLimitCheck check = check(10);
        RateLimitDecision allowed = ask(limiter, check.withOnOutage(OnOutage.ALLOW));
        ask(limiter, check.withCost(4));
        assertThat(limiter.refund(allowed).toCompletableFuture()).isCompleted();
        assertThat(store.refunds).hasValue(0);
        assertThat(ask(limiter, check.withCost(0)).remaining()).isEqualTo(6);
    }

    @Test
    void survivesASharedLimiterThatThrows() {
        FallbackRateLimiter limiter = FallbackRateLimiter.builder(check -> {
                    throw new IllegalStateException("bug");
                })
                .local(Limiters.local(time))
                .build();
        assertThat(ask(limiter, check(1)).allowed()).isTrue();
        assertThatThrownBy(() -> limiter.decide(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store)
                        .local(LocalRateLimiter.builder().replicas(2).build())
                        .build())
                .hasMessage("local: a limiter for 2 replicas (expected: 1; set the replicas of the fallback)");
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store).replicas(0))
                .hasMessageContaining("replicas: 0 (expected: 1");
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store).failures(0))
                .hasMessageContaining("failures: 0 (expected: 1");
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store).probeInterval(Duration.ZERO))
                .hasMessageContaining("probeInterval: PT0S (expected: 1 ms");
    }

    private FallbackRateLimiter limiter(int replicas) {
        return FallbackRateLimiter.builder(store)
                .local(Limiters.local(time))
                .replicas(replicas)
                .time(time)
                .listener((from, to, reason) -> changes.add(from + " " + to + " " + reason))
                .build();
    }

    private void giveUp(FallbackRateLimiter limiter) {
        store.broken = true;
        RateLimitCheck other = RateLimitCheck.of("p", "other", RateLimit.perHour(100));
        for (int i = 0; i < 5; i++) {
            time.advance(Duration.ofMillis(25));
            ask(limiter, other);
        }
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
    }

    private static RateLimitCheck check(long capacity) {
        return RateLimitCheck.of("p", "k", RateLimit.of(Bandwidth.of(capacity, capacity, Duration.ofHours(1))));
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) {
        CompletableFuture<RateLimitDecision> decision = limiter.decide(check).toCompletableFuture();
        assertThat(decision).isDone();
        return decision.join();
    }

    /** A shared limiter that can be broken, or made to wait. */
    private final class Store implements RateLimiter {
        private final LocalRateLimiter buckets = Limiters.local(time);
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger refunds = new AtomicInteger();
        private boolean broken;
        private @Nullable CompletableFuture<RateLimitDecision> pending;

        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            asked.incrementAndGet();
            if (broken) {
                return CompletableFuture.failedStage(Outages.of("down"));
            }
            return pending != null ? pending : buckets.decide(check);
        }

        @Override
        public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
            refunds.incrementAndGet();
            return broken ? CompletableFuture.failedStage(Outages.of("down")) : buckets.refund(decision);
        }
    }
}
