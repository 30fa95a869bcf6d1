package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.FallbackRateLimiter.State;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When an outage begins and ends, to the failure and to the nanosecond, and what is decided in it. */
class FallbackBoundariesTest {
    private static final Duration NANO = Duration.ofNanos(1);
    private static final Duration OUTAGE = Duration.ofMillis(100);
    private static final Duration PROBE = Duration.ofMillis(500);
    private static final RateLimit LIMIT =
            RateLimit.of(Bandwidth.of(40, 40, Duration.ofHours(1)), Bandwidth.of(60, 60, Duration.ofDays(1)));
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", LIMIT);

    private final VirtualTime time = new VirtualTime();
    private final Store store = new Store();
    private final List<String> changes = new ArrayList<>();
    private final FallbackRateLimiter limiter = limiter(3);

    // Into an outage

    @Test
    void fallsBackAtTheLastFailureOfTheRowIfTheFirstIsLongEnoughAgo() {
        fail(2);
        time.advance(OUTAGE);
        assertThat(limiter.state()).isEqualTo(State.SHARED);

        fail(1);

        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        assertThat(limiter.outages()).isEqualTo(1);
    }

    @Test
    void doesNotFallBackANanosecondEarlier() {
        fail(2);
        time.advance(OUTAGE.minus(NANO));

        fail(5);
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        time.advance(NANO);
        fail(1);

        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
    }

    @Test
    void doesNotFallBackOneFailureEarlier() {
        fail(1);
        time.advance(OUTAGE);

        fail(1);

        assertThat(limiter.state()).isEqualTo(State.SHARED);
    }

    @Test
    void beginsARowAnewAfterASuccess() {
        fail(2);
        ask();
        time.advance(OUTAGE);

        fail(2);
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        fail(1);
        assertThat(limiter.state()).as("the row began just now").isEqualTo(State.SHARED);
        time.advance(OUTAGE);
        fail(1);

        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
    }

    @Test
    void needsATenthOfASecondOfFailuresEvenIfOneIsEnough() {
        FallbackRateLimiter one = limiter(1);
        store.broken = true;
        ask(one, CHECK);
        assertThat(one.state()).isEqualTo(State.SHARED);
        time.advance(OUTAGE);
        ask(one, CHECK);

        assertThat(one.state()).isEqualTo(State.FALLBACK);
    }

    @Test
    void countsOneOutageForFailuresThatArriveTogether() {
        store.broken = true;
        List<CompletableFuture<RateLimitDecision>> held = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            held.add(store.hold());
            limiter.decide(CHECK);
        }
        held.get(0).completeExceptionally(Outages.of("down"));
        time.advance(OUTAGE);

        held.forEach(each -> each.completeExceptionally(Outages.of("down")));

        assertThat(limiter.outages()).isEqualTo(1);
        assertThat(changes).containsExactly("SHARED FALLBACK down");
    }

    @Test
    void isNotDisturbedByAFailureThatArrivesDuringTheOutage() {
        CompletableFuture<RateLimitDecision> late = store.hold();
        limiter.decide(CHECK);
        outage();
        time.advance(PROBE.minus(NANO));
        late.completeExceptionally(Outages.of("late"));
        time.advance(NANO);
        ask();

        assertThat(changes).as("the probe was due").contains("FALLBACK PROBING ");
        assertThat(limiter.outages()).isEqualTo(1);
    }

    // During an outage

    @Test
    void asksTheSharedLimiterForNothingUntilAProbeIsDue() {
        outage();
        int asked = store.asked;
        time.advance(PROBE.minus(NANO));
        ask();
        assertThat(store.asked).isEqualTo(asked);

        time.advance(NANO);
        ask();

        assertThat(store.asked).isEqualTo(asked + 1);
    }

    @Test
    void probesAgainOneIntervalAfterAProbeThatFailed() {
        outage();
        time.advance(PROBE.multipliedBy(3));
        ask();
        int asked = store.asked;
        time.advance(PROBE.minus(NANO));
        ask();
        assertThat(store.asked).isEqualTo(asked);

        time.advance(NANO);
        ask();

        assertThat(store.asked).isEqualTo(asked + 1);
    }

    @Test
    void sendsNoSecondProbeWhileOneIsInFlight() {
        outage();
        time.advance(PROBE);
        CompletableFuture<RateLimitDecision> probe = store.hold();
        ask();
        int asked = store.asked;
        time.advance(PROBE.multipliedBy(10));

        ask();

        assertThat(store.asked).isEqualTo(asked);
        assertThat(limiter.state()).isEqualTo(State.PROBING);
        probe.completeExceptionally(Outages.of("down"));
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
    }

    @Test
    void needsAsManyFailuresAsEverAfterItHasComeBack() {
        outage();
        store.broken = false;
        time.advance(PROBE);
        ask();
        assertThat(limiter.state()).isEqualTo(State.SHARED);

        fail(2);
        time.advance(OUTAGE);
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        fail(1);

        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        assertThat(limiter.outages()).isEqualTo(2);
    }

    @Test
    void countsEveryDecisionOfThisProcess() {
        fail(2);
        ask();

        assertThat(limiter.fallbackDecisions()).isEqualTo(2);
    }

    // Decisions without a bucket

    @Test
    void reportsAFullBucketWhereThePolicyAllowsInAnOutage() {
        outage();

        RateLimitDecision allowed = ask(limiter, CHECK.withOnOutage(OnOutage.ALLOW));

        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.bandwidth()).isEqualTo(LIMIT.bandwidths().get(0));
        assertThat(allowed.remaining()).isEqualTo(40);
        assertThat(List.of(allowed.nextTokenNanos(), allowed.fullNanos(), allowed.retryAfterNanos()))
                .containsOnly(0L);
        assertThat(allowed.source()).isEqualTo(Source.ASSUMED);
    }

    @Test
    void reportsAnEmptyBucketUntilTheNextProbeWhereThePolicyDeniesInAnOutage() {
        outage();
        Instant now = time.now();

        RateLimitDecision denied = ask(limiter, CHECK.withOnOutage(OnOutage.DENY));

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.remaining()).isZero();
        assertThat(List.of(denied.nextTokenNanos(), denied.fullNanos(), denied.retryAfterNanos()))
                .containsOnly(PROBE.toNanos());
        assertThat(denied.nextTokenAt()).isEqualTo(now.plus(PROBE));
        assertThat(denied.source()).isEqualTo(Source.ASSUMED);
    }

    @Test
    void hasNothingToRefundOfARejection() {
        RateLimitDecision all = ask(limiter, CHECK.withCost(40));
        RateLimitDecision rejected = ask();
        assertThat(rejected.allowed()).isFalse();

        assertThat(limiter.refund(rejected).toCompletableFuture()).isCompleted();

        assertThat(store.refunds).isZero();
        assertThat(limiter.refund(all).toCompletableFuture()).isCompleted();
        assertThat(store.refunds).isEqualTo(1);
    }

    // Settings

    @Test
    void acceptsSettingsToTheEndsOfTheirRanges() {
        assertThatCode(() -> FallbackRateLimiter.builder(store)
                        .failures(1)
                        .probeInterval(Duration.ofMillis(1))
                        .probeInterval(Duration.ofHours(1))
                        .replicas(1)
                        .replicas(10_000)
                        .build())
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store)
                        .probeInterval(Duration.ofHours(1).plus(NANO)))
                .hasMessage("probeInterval: PT1H0.000000001S (expected: 1 ms to 1 h)");
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store)
                        .probeInterval(Duration.ofMillis(1).minus(NANO)))
                .hasMessage("probeInterval: PT0.000999999S (expected: 1 ms to 1 h)");
        assertThatThrownBy(() -> FallbackRateLimiter.builder(store).replicas(10_001))
                .hasMessage("replicas: 10001 (expected: 1 to 10000)");
    }

    /** Has the shared limiter fail that often, and work again. */
    private void fail(int times) {
        store.broken = true;
        for (int i = 0; i < times; i++) {
            assertThat(ask().fallback()).isTrue();
        }
        store.broken = false;
    }

    /** Begins an outage, which lasts until the test mends the store. */
    private void outage() {
        fail(2);
        time.advance(OUTAGE);
        fail(1);
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        store.broken = true;
    }

    private FallbackRateLimiter limiter(int failures) {
        return FallbackRateLimiter.builder(store)
                .local(Limiters.local(time))
                .failures(failures)
                .probeInterval(PROBE)
                .time(time)
                .listener((from, to, reason) -> changes.add(from + " " + to + " " + reason))
                .build();
    }

    private RateLimitDecision ask() {
        return ask(limiter, CHECK);
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }

    /** A shared limiter that can be broken, and that can hold decisions. */
    private final class Store implements RateLimiter {
        private final LocalRateLimiter buckets = Limiters.local(time);
        private final List<CompletableFuture<RateLimitDecision>> held = new ArrayList<>();
        private boolean broken;
        private int asked;
        private int refunds;

        /** Holds the decision after those that are held already, until the test completes it. */
        CompletableFuture<RateLimitDecision> hold() {
            CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
            held.add(decision);
            return decision;
        }

        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            asked++;
            if (!held.isEmpty()) {
                return held.remove(0);
            }
            return broken ? CompletableFuture.failedStage(Outages.of("down")) : buckets.decide(check);
        }

        @Override
        public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
            refunds++;
            return buckets.refund(decision);
        }
    }
}
