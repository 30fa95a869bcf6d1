package io.tollgate.ratelimit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.ratelimit.Refill;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * The promises of a {@link RateLimiter}. A test of an implementation extends this and says how to get one, and how to let
 * time pass for its buckets; it needs JUnit Jupiter and AssertJ. Real time may pass as well: the promises are asked in
 * ways that some seconds do not change.
 */
public abstract class RateLimiterContract extends RefundPromises {
    @Test
    void startsFullAndRefusesWhatIsNotThere() {
        RateLimitCheck check = check(RateLimit.perHour(3));
        assertThat(ask(check).remaining()).isEqualTo(2);
        assertThat(ask(check).remaining()).isEqualTo(1);
        RateLimitDecision last = ask(check);
        assertThat(last.allowed()).isTrue();
        assertThat(last.remaining()).isZero();
        assertThat(last.retryAfter()).isZero();

        RateLimitDecision refused = ask(check);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.rejects()).isTrue();
        assertThat(refused.check()).isEqualTo(check);
        assertThat(refused.bandwidth()).isEqualTo(check.limit().bandwidths().get(0));
        assertThat(refused.remaining()).isZero();
        assertThat(refused.fallback()).isFalse();
        assertSeconds(refused.retryAfterNanos(), 1_200);
        assertSeconds(refused.nextTokenNanos(), 1_200);
        assertSeconds(refused.fullNanos(), 3_600);
    }

    @Test
    void datesItsDecisions() {
        Instant first = ask(check(RateLimit.perHour(1))).nextTokenAt();
        advance(Duration.ofMinutes(10));
        Instant second = ask(check(RateLimit.perHour(1))).nextTokenAt();
        assertThat(Duration.between(first, second).abs()).isLessThan(Duration.ofMinutes(11));
    }

    @Test
    void allowsAgainWhenItSaidItWould() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.ofRate(7, new BigDecimal("0.0017"), Duration.ofMinutes(1))));
        assertThat(ask(check.withCost(7)).allowed()).isTrue();
        Duration wait = ask(check).retryAfter();
        advance(wait.minusSeconds(60));
        assertThat(ask(check).allowed()).isFalse();
        advance(Duration.ofSeconds(60));
        assertThat(ask(check).allowed()).isTrue();
        assertThat(ask(check).allowed()).isFalse();
    }

    @Test
    void isFullAgainWhenItSaidItWouldAndNeverFuller() {
        RateLimitCheck check = check(RateLimit.perHour(10));
        Duration full = Duration.ofNanos(ask(check.withCost(10)).fullNanos());
        advance(full);
        assertThat(ask(check.withCost(0)).remaining()).isEqualTo(10);
        assertThat(ask(check.withCost(0)).fullNanos()).isZero();
        assertThat(ask(check.withCost(0)).nextTokenNanos()).isZero();
        advance(full);
        assertThat(ask(check.withCost(10)).allowed()).isTrue();
        assertThat(ask(check).allowed()).isFalse();
    }

    @Test
    void losesNoFractionHoweverOftenItIsAsked() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.ofRate(1_000_000, new BigDecimal("0.017"), Duration.ofSeconds(1))));
        ask(check.withCost(1_000_000));
        for (int i = 0; i < 500; i++) {
            advance(Duration.ofMillis(71_999 + i % 3));
            ask(check.withCost(0));
        }
        advance(Duration.ofSeconds(2));
        // 0.017/s in 10 h are 612 tokens.
        assertThat(ask(check.withCost(0)).remaining()).isBetween(612L, 613L);
    }

    @Test
    void takesTheCostFromAllWindowsOrFromNone() {
        RateLimit limit = RateLimit.perHour(2).and(RateLimit.perDay(3));
        RateLimitCheck check = check(limit);
        assertThat(ask(check.withCost(2)).allowed()).isTrue();
        RateLimitDecision hourly = ask(check);
        assertThat(hourly.allowed()).isFalse();
        assertThat(hourly.bandwidth()).isEqualTo(limit.bandwidths().get(0));
        assertSeconds(hourly.retryAfterNanos(), 1_800);
        advance(Duration.ofHours(1));
        RateLimitDecision both = ask(check);
        assertThat(both.allowed()).isTrue();
        assertThat(both.bandwidth()).isEqualTo(limit.bandwidths().get(1));
        RateLimitDecision daily = ask(check);
        assertThat(daily.allowed()).isFalse();
        assertThat(daily.bandwidth()).isEqualTo(limit.bandwidths().get(1));
        assertSeconds(daily.retryAfterNanos(), 86_400 / 3 * 7 / 8);
    }

    @Test
    void asksWithoutTakingAtNoCost() {
        RateLimitCheck check = check(RateLimit.perHour(1));
        assertThat(ask(check.withCost(0)).allowed()).isTrue();
        assertThat(ask(check.withCost(0)).remaining()).isEqualTo(1);
        assertThat(ask(check).allowed()).isTrue();
        RateLimitDecision none = ask(check.withCost(0));
        assertThat(none.allowed()).isFalse();
        assertSeconds(none.retryAfterNanos(), 3_600);
    }

    @Test
    void takesNothingWhenItRefuses() {
        RateLimitCheck check = check(RateLimit.perDay(10));
        ask(check.withCost(6));
        for (int i = 0; i < 5; i++) {
            assertThat(ask(check.withCost(5)).allowed()).isFalse();
        }
        assertThat(ask(check.withCost(4)).allowed()).isTrue();
    }

    @Test
    void creditsAnIntervalAtItsEnd() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.of(10, 4, Duration.ofHours(1)).withRefill(Refill.INTERVAL)));
        RateLimitDecision spent = ask(check.withCost(10));
        assertSeconds(spent.nextTokenNanos(), 3_600);
        assertSeconds(spent.fullNanos(), 3 * 3_600);
        advance(Duration.ofMinutes(59));
        assertThat(ask(check).allowed()).isFalse();
        advance(Duration.ofMinutes(1));
        assertThat(ask(check.withCost(4)).allowed()).isTrue();
        advance(Duration.ofMinutes(90));
        RateLimitDecision refused = ask(check.withCost(5));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.remaining()).isEqualTo(4);
        assertSeconds(refused.retryAfterNanos(), 1_800);
    }

    @Test
    void keepsTheShareOfEachWindowWhenTheLimitChanges() {
        ask(check(RateLimit.perHour(100).and(RateLimit.perDay(1_000))).withCost(50));
        RateLimit swapped = RateLimit.perDay(10).and(RateLimit.perHour(1_000));
        RateLimitDecision hourly = ask(check(swapped).withCost(0));
        assertThat(hourly.bandwidth()).isEqualTo(swapped.bandwidths().get(1));
        assertThat(hourly.remaining()).isBetween(500L, 505L);
        assertThat(ask(check(RateLimit.perDay(2_000)).withCost(0)).remaining()).isEqualTo(1_900);
        RateLimitDecision other = ask(check(RateLimit.of(Bandwidth.of(20, 1, Duration.ofDays(7)))));
        assertThat(other.remaining()).isEqualTo(18);
    }

    @Test
    void keepsPoliciesAndKeysApartWhateverTheKeys() {
        RateLimit one = RateLimit.perDay(1);
        List<String> keys = List.of(
                "a",
                "A",
                " a",
                "a ",
                "a\nb",
                "a\r\nb",
                "{a}",
                "}a{",
                "a}b",
                "{",
                "}",
                "%7B",
                "%",
                "\u0000",
                "\ud800",
                "\udfff",
                "\ud83d\ude00",
                "\u00e9",
                "e\u0301",
                "*",
                "a:b",
                "x".repeat(10_000),
                "x".repeat(10_001),
                "\n".repeat(200),
                "\n".repeat(201),
                "\ud800".repeat(300),
                "\ud801".repeat(300),
                "sha256:" + "0".repeat(64));
        for (String policy : List.of("p", "q")) {
            for (String hostile : keys) {
                RateLimitCheck check = RateLimitCheck.of(policy, hostile + suffix(hostile), one);
                assertThat(ask(check).allowed())
                        .as("first of %s %s", policy, hostile)
                        .isTrue();
                assertThat(ask(check).allowed())
                        .as("second of %s %s", policy, hostile)
                        .isFalse();
            }
        }
    }

    /** Makes keys of this run its own, at an end that does not bring two together. */
    private String suffix(String hostile) {
        return "#" + hostile.length() + key;
    }

    @Test
    void stopsAtTheFirstRefusalAndKeepsWhatEarlierChecksTook() {
        RateLimitCheck first = RateLimitCheck.of("first", key, RateLimit.perDay(2));
        RateLimitCheck shadow =
                RateLimitCheck.of("shadow", key, RateLimit.perDay(1)).asShadow();
        RateLimitCheck last = RateLimitCheck.of("last", key, RateLimit.perDay(1));
        RateLimitCheck never = RateLimitCheck.of("never", key, RateLimit.perDay(1));
        assertThat(verdict(first, shadow, last).allowed()).isTrue();
        RateLimitDecisions refused = verdict(first, shadow, last, never);
        assertThat(refused.decisions()).extracting(RateLimitDecision::allowed).containsExactly(true, false, false);
        assertThat(refused.rejection().orElseThrow().policy()).isEqualTo("last");
        assertThat(ask(first).allowed()).isFalse();
        assertThat(ask(never).allowed()).isTrue();
    }

    @Test
    void letsNobodyElseCompleteItsDecision() {
        CompletableFuture<RateLimitDecision> mine =
                limiter().decide(check(RateLimit.perHour(5))).toCompletableFuture();
        mine.cancel(true);
        assertThat(ask(check(RateLimit.perHour(5))).remaining()).isEqualTo(3);
    }

    @Test
    void endsEveryDecisionWhileItsStoreIsAwayAndComesBack() throws Exception {
        RateLimitCheck check = check(RateLimit.perDay(1_000));
        assertThat(ask(check).allowed()).isTrue();
        boolean broken = breakStore();
        List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                asked.add(limiter().decide(check).toCompletableFuture());
            }
            for (CompletableFuture<RateLimitDecision> each : asked) {
                // A decision, or a failure that a fallback can take over; but one of them, and soon.
                each.handle((decision, failure) -> decision).get(30, TimeUnit.SECONDS);
            }
        } finally {
            if (broken) {
                repairStore();
            }
        }
        awaitStore(check);
        // What was on its way may have been charged, or not; nothing else was.
        assertThat(ask(check.withCost(0)).remaining()).isBetween(979L, 999L);
    }

    @Test
    void throwsAtOnceWhenMisused() {
        @SuppressWarnings("NullAway")
        RateLimitCheck nothing = null;
        assertThatThrownBy(() -> limiter().decide(nothing)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void admitsExactlyTheCapacityToManyThreadsOfManyInstances() throws Exception {
        for (int instances : new int[] {1, 2, 3, 5}) {
            long capacity = 500;
            RateLimitCheck check = RateLimitCheck.of(
                    "p", key + instances, RateLimit.of(Bandwidth.of(capacity, 1, Duration.ofDays(30))));
            assertThat(storm(limiters(instances), check, 1_000))
                    .as("%d instances", instances)
                    .isEqualTo(capacity);
        }
    }

    @Test
    void admitsNeverMoreThanEarnedAndASaturatingClientGetsIt() throws Exception {
        for (int instances : new int[] {1, 2, 3, 5}) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            long capacity = 50L + random.nextInt(500);
            long cost = 1L + random.nextInt(10);
            long perHour = 10 * capacity;
            RateLimit limit = RateLimit.of(Bandwidth.of(capacity, perHour, Duration.ofHours(1)));
            RateLimitCheck check =
                    RateLimitCheck.of("p", key + instances, limit).withCost(cost);
            List<RateLimiter> limiters = limiters(instances);
            long start = System.nanoTime();
            Duration passed = Duration.ZERO;
            long admitted = 0;
            for (int step = 0; step < 12; step++) {
                admitted += storm(limiters, check, (int) (capacity / cost) + 20);
                // Less than a tenth of an hour, which would fill the bucket: a full one earns nothing.
                Duration more = Duration.ofMillis(60_000 + random.nextInt(200_000));
                passed = passed.plus(more);
                advance(more);
            }
            admitted += storm(limiters, check, (int) (capacity / cost) + 20);
            Duration all = passed.plusNanos(System.nanoTime() - start);
            double most = capacity + perHour * (all.toMillis() + 1) / 3_600_000.0;
            double least = 0.99 * (capacity + perHour * passed.toMillis() / 3_600_000.0) - cost;
            String about = "seed " + seed + ", instances " + instances + ", capacity " + capacity + ", cost " + cost;
            assertThat((double) admitted * cost).as(about).isLessThanOrEqualTo(most);
            assertThat((double) admitted * cost).as(about).isGreaterThanOrEqualTo(least);
        }
    }

    /** Asks from four threads at once, in turn of all limiters, and counts what was allowed. */
    private static long storm(List<RateLimiter> limiters, RateLimitCheck check, int times) throws Exception {
        AtomicLong left = new AtomicLong(times);
        AtomicLong allowed = new AtomicLong();
        onFourThreads(() -> {
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            long n;
            while ((n = left.getAndDecrement()) > 0) {
                asked.add(
                        limiters.get((int) (n % limiters.size())).decide(check).toCompletableFuture());
                if (asked.size() == 32) {
                    allowed.addAndGet(allowed(asked));
                    asked.clear();
                }
            }
            return allowed.addAndGet(allowed(asked));
        });
        return allowed.get();
    }

    private static long allowed(List<CompletableFuture<RateLimitDecision>> asked) throws Exception {
        long allowed = 0;
        for (CompletableFuture<RateLimitDecision> each : asked) {
            allowed += each.get(10, TimeUnit.SECONDS).allowed() ? 1 : 0;
        }
        return allowed;
    }
}
