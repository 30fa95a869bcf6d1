package io.tollgate.testkit;

import static io.tollgate.testkit.Failures.missing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
 * The promises of a {@link RateLimiter}. The test of an implementation extends this, returns the implementation, and lets time
 * pass for its buckets:
 *
 * <pre>{@code
 * class MapRateLimiterTest extends RateLimiterContract {
 *     private final VirtualTime time = new VirtualTime();
 *     private final RateLimiter limiter = new MapRateLimiter(time);
 *
 *     protected RateLimiter limiter() {
 *         return limiter;
 *     }
 *
 *     protected void advance(Duration by) {
 *         time.advance(by);
 *     }
 *
 *     protected boolean supportsRefunds() {
 *         return false;
 *     }
 * }
 * }</pre>
 *
 * <p>Real time may pass as well: no promise depends on half a minute. Every test uses bucket keys of its own, so the buckets may
 * be in a store that others use.
 */
public abstract class RateLimiterContract extends RefundPromises {
    /** Creates the tests of a limiter. */
    protected RateLimiterContract() {}

    @Test
    void startsFullAndRejectsWhatIsNotThere() {
        RateLimitCheck check = check(RateLimit.perHour(3));
        assertEquals(2, ask(check).remaining());
        assertEquals(1, ask(check).remaining());
        RateLimitDecision last = ask(check);
        assertTrue(last.allowed());
        assertEquals(0, last.remaining());
        assertEquals(Duration.ZERO, last.retryAfter());

        RateLimitDecision rejected = ask(check);
        assertFalse(rejected.allowed());
        assertTrue(rejected.rejects());
        assertEquals(check, rejected.check());
        assertEquals(check.limit().bandwidths().get(0), rejected.bandwidth());
        assertEquals(0, rejected.remaining());
        assertFalse(rejected.fallback());
        assertSeconds(1_200, rejected.retryAfterNanos());
        assertSeconds(1_200, rejected.nextTokenNanos());
        assertSeconds(3_600, rejected.fullNanos());
    }

    @Test
    void datesItsDecisions() {
        Instant first = ask(check(RateLimit.perHour(1))).nextTokenAt();
        advance(Duration.ofMinutes(10));
        Instant second = ask(check(RateLimit.perHour(1))).nextTokenAt();
        assertBetween(-660, 660, Duration.between(first, second).toSeconds());
    }

    @Test
    void allowsAgainAfterTheTimeThatItNamed() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.ofRate(7, new BigDecimal("0.0017"), Duration.ofMinutes(1))));
        assertAllowed(check.withCost(7));
        Duration wait = ask(check).retryAfter();
        advance(wait.minusSeconds(60));
        assertRejected(check);
        advance(Duration.ofSeconds(60));
        assertAllowed(check);
        assertRejected(check);
    }

    @Test
    void isFullAfterTheTimeThatItNamedAndNeverFuller() {
        RateLimitCheck check = check(RateLimit.perHour(10));
        Duration full = Duration.ofNanos(ask(check.withCost(10)).fullNanos());
        advance(full);
        assertEquals(10, left(check));
        assertEquals(0, ask(check.withCost(0)).fullNanos());
        assertEquals(0, ask(check.withCost(0)).nextTokenNanos());
        advance(full);
        assertAllowed(check.withCost(10));
        assertRejected(check);
    }

    @Test
    void losesNoFractionOfATokenHoweverManyChecksThereAre() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.ofRate(1_000_000, new BigDecimal("0.017"), Duration.ofSeconds(1))));
        ask(check.withCost(1_000_000));
        for (int i = 0; i < 500; i++) {
            advance(Duration.ofMillis(71_999 + i % 3));
            ask(check.withCost(0));
        }
        advance(Duration.ofSeconds(2));
        // 0.017/s in 10 h are 612 tokens.
        assertBetween(612, 613, left(check));
    }

    @Test
    void takesTheCostFromAllWindowsOrFromNone() {
        RateLimit limit = RateLimit.perHour(2).and(RateLimit.perDay(3));
        RateLimitCheck check = check(limit);
        assertAllowed(check.withCost(2));
        RateLimitDecision hourly = ask(check);
        assertFalse(hourly.allowed());
        assertEquals(limit.bandwidths().get(0), hourly.bandwidth());
        assertSeconds(1_800, hourly.retryAfterNanos());
        advance(Duration.ofHours(1));
        RateLimitDecision both = ask(check);
        assertTrue(both.allowed());
        assertEquals(limit.bandwidths().get(1), both.bandwidth());
        RateLimitDecision daily = ask(check);
        assertFalse(daily.allowed());
        assertEquals(limit.bandwidths().get(1), daily.bandwidth());
        assertSeconds(86_400.0 / 3 * 7 / 8, daily.retryAfterNanos());
    }

    @Test
    void takesNothingAtNoCost() {
        RateLimitCheck check = check(RateLimit.perHour(1));
        assertAllowed(check.withCost(0));
        assertEquals(1, left(check));
        assertAllowed(check);
        RateLimitDecision none = ask(check.withCost(0));
        assertFalse(none.allowed());
        assertSeconds(3_600, none.retryAfterNanos());
    }

    @Test
    void takesNothingWhenItRejects() {
        RateLimitCheck check = check(RateLimit.perDay(10));
        ask(check.withCost(6));
        for (int i = 0; i < 5; i++) {
            assertRejected(check.withCost(5));
        }
        assertAllowed(check.withCost(4));
    }

    @Test
    void creditsAnIntervalAtItsEnd() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.of(10, 4, Duration.ofHours(1)).withRefill(Refill.INTERVAL)));
        RateLimitDecision spent = ask(check.withCost(10));
        assertSeconds(3_600, spent.nextTokenNanos());
        assertSeconds(3 * 3_600, spent.fullNanos());
        advance(Duration.ofMinutes(59));
        assertRejected(check);
        advance(Duration.ofMinutes(1));
        assertAllowed(check.withCost(4));
        advance(Duration.ofMinutes(90));
        RateLimitDecision rejected = ask(check.withCost(5));
        assertFalse(rejected.allowed());
        assertEquals(4, rejected.remaining());
        assertSeconds(1_800, rejected.retryAfterNanos());
    }

    @Test
    void keepsTheShareOfEachWindowWhenTheLimitChanges() {
        ask(check(RateLimit.perHour(100).and(RateLimit.perDay(1_000))).withCost(50));
        RateLimit swapped = RateLimit.perDay(10).and(RateLimit.perHour(1_000));
        RateLimitDecision hourly = ask(check(swapped).withCost(0));
        assertEquals(swapped.bandwidths().get(1), hourly.bandwidth());
        assertBetween(500, 505, hourly.remaining());
        assertEquals(1_900, left(check(RateLimit.perDay(2_000))));
        RateLimitDecision other = ask(check(RateLimit.of(Bandwidth.of(20, 1, Duration.ofDays(7)))));
        assertEquals(18, other.remaining());
    }

    @Test
    void keepsPoliciesAndKeysApartWhateverTheKeys() {
        RateLimit one = RateLimit.perDay(1);
        for (String policy : List.of("p", "q")) {
            for (String hostile : HostileKeys.ALL) {
                // Makes keys of this run its own, at an end that does not bring two together.
                RateLimitCheck check = RateLimitCheck.of(policy, hostile + "#" + hostile.length() + key, one);
                assertTrue(ask(check).allowed(), () -> "first of " + check);
                assertFalse(ask(check).allowed(), () -> "second of " + check);
            }
        }
    }

    @Test
    void stopsAtTheFirstRejectionAndKeepsWhatEarlierChecksTook() {
        RateLimitCheck first = RateLimitCheck.of("first", key, RateLimit.perDay(2));
        RateLimitCheck shadow =
                RateLimitCheck.of("shadow", key, RateLimit.perDay(1)).asShadow();
        RateLimitCheck last = RateLimitCheck.of("last", key, RateLimit.perDay(1));
        RateLimitCheck never = RateLimitCheck.of("never", key, RateLimit.perDay(1));
        assertTrue(askAll(first, shadow, last).allowed());
        RateLimitDecisions rejected = askAll(first, shadow, last, never);
        assertEquals(
                List.of(true, false, false),
                rejected.decisions().stream().map(RateLimitDecision::allowed).toList());
        assertEquals("last", rejected.rejection().orElseThrow().policy());
        assertRejected(first);
        assertAllowed(never);
    }

    @Test
    void keepsItsDecisionIfACallerCancelsTheirs() {
        CompletableFuture<RateLimitDecision> mine =
                limiter().decide(check(RateLimit.perHour(5))).toCompletableFuture();
        mine.cancel(true);
        assertEquals(3, ask(check(RateLimit.perHour(5))).remaining());
    }

    @Test
    void endsEveryDecisionDuringAnOutageAndDecidesInItsStoreAfterwards() throws Exception {
        assumeTrue(supportsOutages());
        RateLimitCheck check = check(RateLimit.perDay(1_000));
        assertAllowed(check);
        breakStore();
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
            repairStore();
        }
        awaitStore(check);
        // What was on its way may have been charged, or not; nothing else was.
        assertBetween(979, 999, left(check));
    }

    @Test
    void throwsAtOnceWhenMisused() {
        RateLimiter limiter = limiter();
        assertThrows(NullPointerException.class, () -> limiter.decide(missing()));
    }

    @Test
    void admitsExactlyTheCapacityToManyThreadsOfManyInstances() throws Exception {
        for (int instances : new int[] {1, 2, 3, 5}) {
            long capacity = 500;
            RateLimitCheck check = RateLimitCheck.of(
                    "p", key + instances, RateLimit.of(Bandwidth.of(capacity, 1, Duration.ofDays(30))));
            assertEquals(capacity, storm(limiters(instances), check, 1_000), instances + " instances");
        }
    }

    @Test
    void admitsNeverMoreThanEarnedAndAllOfItToAClientThatAsksAllTheTime() throws Exception {
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
            double taken = (double) admitted * cost;
            String about = "seed " + seed + ", instances " + instances + ", capacity " + capacity + ", cost " + cost;
            assertTrue(taken <= most, () -> taken + " (expected: at most " + most + "), " + about);
            assertTrue(taken >= least, () -> taken + " (expected: at least " + least + "), " + about);
        }
    }

    /** Asks on four threads at once, in turn of all limiters, and counts what was allowed. */
    private static long storm(List<RateLimiter> limiters, RateLimitCheck check, int times) throws Exception {
        AtomicLong left = new AtomicLong(times);
        List<Long> allowed = Stages.onThreads(4, () -> {
            long mine = 0;
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            long n;
            while ((n = left.getAndDecrement()) > 0) {
                asked.add(
                        limiters.get((int) (n % limiters.size())).decide(check).toCompletableFuture());
                if (asked.size() == 32) {
                    mine += allowed(asked);
                    asked.clear();
                }
            }
            return mine + allowed(asked);
        });
        return allowed.stream().mapToLong(Long::longValue).sum();
    }

    private static long allowed(List<CompletableFuture<RateLimitDecision>> asked) {
        return asked.stream().filter(each -> Stages.await(each).allowed()).count();
    }
}
