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
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.testkit.VirtualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class LocalRateLimiterTest {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter limiter = Limiters.local(time);

    @Test
    void startsFullAndRefusesWhenSpent() {
        RateLimitCheck check = check(RateLimit.perMinute(3));
        assertThat(ask(check).remaining()).isEqualTo(2);
        assertThat(ask(check).remaining()).isEqualTo(1);
        assertThat(ask(check).remaining()).isZero();

        RateLimitDecision refused = ask(check);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.rejects()).isTrue();
        assertThat(refused.remaining()).isZero();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(refused.nextTokenAt()).isEqualTo(Instant.parse("2026-01-01T00:00:20Z"));
        assertThat(refused.fullNanos()).isEqualTo(Duration.ofMinutes(1).toNanos());
        assertThat(refused.fallback()).isFalse();
    }

    @Test
    void allowsAgainExactlyWhenItSaidItWould() {
        RateLimitCheck check = check(RateLimit.of(Bandwidth.ofRate(7, new BigDecimal("0.17"), Duration.ofMinutes(1))));
        for (int i = 0; i < 7; i++) {
            ask(check);
        }
        Duration wait = ask(check).retryAfter();
        assertThat(wait).isEqualTo(Duration.ofNanos(5_882_352_942L));
        time.advance(wait.minusNanos(1));
        assertThat(ask(check).allowed()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(ask(check).allowed()).isTrue();
    }

    @Test
    void creditsAnIntervalAllAtOnce() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.of(10, 4, Duration.ofMinutes(1)).withRefill(Refill.INTERVAL)));
        assertThat(ask(check.withCost(10)).nextTokenNanos())
                .isEqualTo(Duration.ofMinutes(1).toNanos());
        time.advance(Duration.ofSeconds(59));
        assertThat(ask(check).allowed()).isFalse();
        time.advance(Duration.ofSeconds(1));
        assertThat(ask(check.withCost(4)).allowed()).isTrue();
        time.advance(Duration.ofSeconds(90));
        RateLimitDecision refused = ask(check.withCost(5));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.remaining()).isEqualTo(4);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(refused.fullNanos()).isEqualTo(Duration.ofSeconds(90).toNanos());
    }

    @Test
    void takesFromAllWindowsOrFromNone() {
        RateLimit limit = RateLimit.perSecond(2).and(RateLimit.perDay(3));
        RateLimitCheck check = check(limit);
        assertThat(ask(check.withCost(2)).allowed()).isTrue();
        RateLimitDecision second = ask(check);
        assertThat(second.allowed()).isFalse();
        assertThat(second.bandwidth()).isEqualTo(limit.bandwidths().get(0));
        time.advance(Duration.ofSeconds(1));
        assertThat(ask(check).allowed()).isTrue();
        RateLimitDecision daily = ask(check);
        assertThat(daily.allowed()).isFalse();
        assertThat(daily.bandwidth()).isEqualTo(limit.bandwidths().get(1));
        assertThat(daily.retryAfter()).isGreaterThan(Duration.ofHours(7));
    }

    @Test
    void asksWithoutTaking() {
        RateLimitCheck check = check(RateLimit.perHour(1));
        assertThat(ask(check.withCost(0)).allowed()).isTrue();
        assertThat(ask(check.withCost(0)).remaining()).isEqualTo(1);
        ask(check);
        RateLimitDecision refused = ask(check.withCost(0));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void keepsTheShareWhenTheLimitChanges() {
        ask(check(RateLimit.perHour(100).and(RateLimit.perDay(1_000))).withCost(50));
        RateLimit changed = RateLimit.perDay(10).and(RateLimit.perHour(1_000));
        RateLimitDecision hourly = ask(check(changed).withCost(0));
        assertThat(hourly.bandwidth()).isEqualTo(changed.bandwidths().get(1));
        assertThat(hourly.remaining()).isEqualTo(500);
        assertThat(ask(check(RateLimit.perDay(2_000)).withCost(0)).remaining()).isEqualTo(1_900);
        assertThat(ask(check(RateLimit.perMinute(20)).withCost(0)).remaining()).isEqualTo(19);
    }

    @Test
    void earnsNothingWhileTheClockGoesBackAndGoesOnAfterwards() {
        RateLimitCheck check = check(RateLimit.perSecond(10));
        ask(check.withCost(10));
        time.advance(Duration.ofHours(-3));
        assertThat(ask(check).allowed()).isFalse();
        time.advance(Duration.ofMillis(100));
        assertThat(ask(check).allowed()).isTrue();
        assertThat(ask(check).allowed()).isFalse();
    }

    @Test
    void doesNotMindAWallClockThatIsWrongByAnHour() {
        RateLimitCheck check = check(RateLimit.perMinute(2));
        limiter.decideNow(check.withCost(2));
        time.jump(Duration.ofHours(1));
        time.advance(Duration.ofSeconds(29));
        RateLimitDecision refused = limiter.decideNow(check);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.nextTokenAt()).isEqualTo(Instant.parse("2026-01-01T01:00:30Z"));
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.decideNow(check).allowed()).isTrue();
    }

    @Test
    void keepsKeysOfDifferentPoliciesAndHostileOnesApart() {
        RateLimit one = RateLimit.perDay(1);
        List<String> keys = List.of(
                "a",
                "A",
                "a ",
                "{a}",
                "a\nb",
                "\u0000",
                "\ud800",
                "\udfff",
                "x".repeat(10_000),
                "x".repeat(10_001),
                BucketKey.bounded("x".repeat(10_000)),
                "\ud800".repeat(300),
                "\ud801".repeat(300));
        for (String policy : List.of("p", "q")) {
            for (String key : keys) {
                assertThat(ask(RateLimitCheck.of(policy, key, one)).allowed()).isTrue();
                assertThat(ask(RateLimitCheck.of(policy, key, one)).allowed()).isFalse();
            }
        }
    }

    @Test
    void stopsAtTheFirstRefusalAndKeepsWhatEarlierOnesTook() {
        RateLimitCheck first = RateLimitCheck.of("first", "k", RateLimit.perDay(2));
        RateLimitCheck shadow =
                RateLimitCheck.of("shadow", "k", RateLimit.perDay(1)).asShadow();
        RateLimitCheck last = RateLimitCheck.of("last", "k", RateLimit.perDay(1));
        assertThat(verdict(first, shadow, last).allowed()).isTrue();
        RateLimitDecisions refused = verdict(first, shadow, last, RateLimitCheck.of("never", "k", RateLimit.perDay(1)));
        assertThat(refused.decisions()).extracting(RateLimitDecision::allowed).containsExactly(true, false, false);
        assertThat(refused.rejection().orElseThrow().policy()).isEqualTo("last");
        assertThat(ask(first).allowed()).isFalse();
        assertThat(ask(RateLimitCheck.of("never", "k", RateLimit.perDay(1))).allowed())
                .isTrue();
    }

    @Test
    void losesNoFractionWhenTokensComeBack() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.ofRate(1_000, new BigDecimal("0.17"), Duration.ofSeconds(1))));
        ask(check.withCost(900));
        for (int i = 0; i < 3_600; i++) {
            RateLimitDecision decision = ask(check.withCost(7));
            time.advance(Duration.ofNanos(499_999_999 + i % 3));
            limiter.refund(decision);
        }
        // 0.17/s x 1,800 s, and the 100 that were left.
        assertThat(ask(check.withCost(0)).remaining()).isEqualTo(406);
    }

    @Test
    void losesWhatWasTakenElsewhere() {
        RateLimitCheck check = check(RateLimit.perDay(10));
        RateLimitDecision four = ask(check.withCost(4));
        for (Source other : List.of(Source.SHARED, Source.LEASE, Source.FALLBACK)) {
            assertThat(limiter.refund(four.withSource(other)).toCompletableFuture())
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("The tokens could not be given back.");
        }
        assertThat(ask(check.withCost(0)).remaining()).isEqualTo(6);
    }

    @Test
    void enforcesItsShareWhereThereAreReplicas() {
        LocalRateLimiter third = LocalRateLimiter.builder().replicas(3).build();
        RateLimit limit = RateLimit.perDay(100).and(RateLimit.perHour(50));
        RateLimitCheck check = check(limit).reservedFor(Set.of(CommonError.UNAUTHENTICATED));
        RateLimitDecision all = third.decideNow(check.withCost(40));
        // A cost that is more than the share takes all of it.
        assertThat(all.allowed()).isTrue();
        assertThat(all.check().limit())
                .isEqualTo(RateLimit.of(
                        new Bandwidth(33, 33_333_333, Duration.ofDays(1), Refill.GREEDY),
                        new Bandwidth(16, 16_666_666, Duration.ofHours(1), Refill.GREEDY)));
        assertThat(all.check().cost()).isEqualTo(16);
        assertThat(all.check().isReservation()).isTrue();
        assertThat(third.decideNow(check).allowed()).isFalse();
        assertThat(third.refund(all).toCompletableFuture()).isCompleted();
        assertThat(third.decideNow(check.withCost(40)).allowed()).isTrue();
    }

    @Test
    void keepsAsManyKeysAsAreSetAndEvictsOneForTheNext() {
        LocalRateLimiter two = Limiters.local(time, 2);
        two.decideNow(RateLimitCheck.of("p", "a", RateLimit.perDay(9)));
        two.decideNow(RateLimitCheck.of("p", "b", RateLimit.perDay(9)));
        assertThat(two.size()).isEqualTo(2);
        assertThat(two.evictions()).isZero();

        two.decideNow(RateLimitCheck.of("p", "c", RateLimit.perDay(9)));

        assertThat(two.size()).isEqualTo(2);
        assertThat(two.evictions()).isEqualTo(1);
    }

    @Test
    void refundsNothingToAKeyThatWasEvicted() {
        LocalRateLimiter single = Limiters.local(time, 1);
        RateLimitCheck first = RateLimitCheck.of("p", "first", RateLimit.perDay(9));
        RateLimitDecision taken = single.decideNow(first.withCost(5));
        single.decideNow(RateLimitCheck.of("p", "second", RateLimit.perDay(9)));

        assertThat(single.refund(taken).toCompletableFuture()).isCompleted();

        assertThat(single.decideNow(first.withCost(0)).remaining())
                .as("a full bucket again")
                .isEqualTo(9);
    }

    @Test
    void refusesBoundsThatMakeNoSense() {
        assertThatThrownBy(() -> LocalRateLimiter.builder().replicas(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("replicas: 0 (expected: 1 to 10000)");
        assertThatThrownBy(() -> LocalRateLimiter.builder().maxKeys(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxKeys: 0 (expected: 1 to 100000000)");
        assertThatThrownBy(() -> LocalRateLimiter.builder().maxKeys(100_000_001))
                .hasMessage("maxKeys: 100000001 (expected: 1 to 100000000)");
        assertThatCode(() -> LocalRateLimiter.builder().maxKeys(1).maxKeys(100_000_000))
                .doesNotThrowAnyException();
    }

    private RateLimitCheck check(RateLimit limit) {
        return RateLimitCheck.of("p", "k", limit);
    }

    private RateLimitDecision ask(RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }

    private RateLimitDecisions verdict(RateLimitCheck... checks) {
        return limiter.decideAll(List.of(checks)).toCompletableFuture().join();
    }
}
