package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.ratelimit.Window.Level;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bucket whose limit changes, the window that a decision describes, and the name of a bucket. */
class BucketTest {
    private static final RateLimit TEN = RateLimit.perHour(10);
    private static final RateLimit HUNDRED = RateLimit.perDay(100);

    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter limiter = Limiters.local(time);

    // Limits that change

    @Test
    void fillsAWindowThatAddsToALimit() {
        ask(TEN, 10);
        RateLimit more = TEN.and(RateLimit.perDay(5));

        assertThat(ask(more, 0).allowed()).as("the hour is spent").isFalse();
        time.advance(Duration.ofHours(1));

        assertThat(ask(more, 5).allowed()).isTrue();
        assertThat(ask(more, 1).bandwidth().capacity()).isEqualTo(5);
    }

    @Test
    void keepsTheShareOfTheMomentAtWhichTheLimitChanges() {
        ask(TEN, 10);
        time.advance(Duration.ofMinutes(30));

        assertThat(ask(RateLimit.perHour(20), 0).remaining()).isEqualTo(10);
    }

    @Test
    void continuesAWindowInItsPlaceIfAnotherHasTheSamePeriod() {
        ask(RateLimit.perHour(100).and(RateLimit.perHour(10)), 5);

        RateLimitDecision changed = ask(RateLimit.perHour(100).and(RateLimit.perHour(20)), 0);

        assertThat(changed.bandwidth().capacity()).isEqualTo(20);
        assertThat(changed.remaining()).as("half of it").isEqualTo(10);
    }

    @Test
    void continuesAWindowInItsPlaceIfNoneHasItsPeriod() {
        ask(TEN.and(RateLimit.perDay(100)), 10);
        RateLimit other = RateLimit.perMinute(10).and(RateLimit.per(Duration.ofDays(7), 100));
        assertThat(ask(other, 0).allowed()).as("the first window is spent").isFalse();
        time.advance(Duration.ofMinutes(1));

        assertThat(ask(other, 0).remaining()).as("of the second").isEqualTo(90);
    }

    // Refunds

    @Test
    void refundsNothingToAWindowThatWasNotCharged() {
        RateLimitDecision taken = ask(TEN, 4);
        RateLimit more = TEN.and(RateLimit.of(Bandwidth.of(8, 1, Duration.ofDays(30))));
        assertThat(ask(more, 2).allowed()).isTrue();

        limiter.refund(taken);

        assertThat(ask(more, 0).remaining()).as("of the month").isEqualTo(6);
        assertThat(ask(TEN, 0).remaining()).as("of the hour").isEqualTo(8);
    }

    @Test
    void refundsTheSameShareIfTheLimitChanged() {
        RateLimitDecision half = ask(TEN, 5);
        RateLimit hundred = RateLimit.perHour(100);
        assertThat(ask(hundred, 40).remaining()).isEqualTo(10);

        limiter.refund(half);

        assertThat(ask(hundred, 0).remaining()).isEqualTo(60);
    }

    @Test
    void neitherDecidesNorTakesARefundOnceItIsEvicted() {
        Time clock = new Time(time);
        Bucket bucket = new Bucket(new BucketKey("p", "k"), TEN, Window.of(TEN, 1), time.nanoTime());
        RateLimitCheck check = RateLimitCheck.of("p", "k", TEN).withCost(5);
        assertThat(bucket.decide(check, check, Source.LOCAL, clock)).isNotNull();
        assertThat(bucket.missingShare(time.nanoTime())).isEqualTo(0.5);

        bucket.evict();
        bucket.refund(check, clock);

        assertThat(bucket.decide(check, check, Source.LOCAL, clock)).isNull();
        assertThat(bucket.missingShare(time.nanoTime())).isEqualTo(0.5);
    }

    // Levels of a shared store

    @Test
    void hasNoMoreThanTheSharedStoreHad() {
        RateLimitCheck check = RateLimitCheck.of("p", "k", HUNDRED);

        limiter.lower(check, shared(check, 40));

        assertThat(ask(HUNDRED, 10).remaining()).isEqualTo(30);
        limiter.lower(check, shared(check, 40));
        assertThat(ask(HUNDRED, 0).remaining()).as("which raises nothing").isEqualTo(30);
    }

    @Test
    void earnsWhatItLacksBeforeItIsLowered() {
        RateLimitCheck check = RateLimitCheck.of("p", "k", HUNDRED);
        ask(HUNDRED, 100);
        time.advance(Duration.ofHours(12));

        limiter.lower(check, shared(check, 40));

        assertThat(ask(HUNDRED, 0).remaining()).isEqualTo(40);
    }

    @Test
    void keepsItsShareOfALimitThatChangesWhenItIsLowered() {
        ask(HUNDRED, 50);
        RateLimit more = RateLimit.perDay(200);
        RateLimitCheck check = RateLimitCheck.of("p", "k", more);

        limiter.lower(check, shared(check, 180));

        assertThat(ask(more, 0).remaining()).isEqualTo(100);
    }

    @Test
    void isLoweredInAWindowThatItsFormerLimitHadNot() {
        ask(HUNDRED, 1);
        RateLimit withHours =
                RateLimit.of(Bandwidth.of(100, 100, Duration.ofDays(1)), Bandwidth.of(50, 50, Duration.ofHours(1)));
        RateLimitCheck check = RateLimitCheck.of("p", "k", withHours);

        limiter.lower(check, shared(check, 90, 10));

        assertThat(ask(withHours, 0).remaining()).isEqualTo(10);
    }

    @Test
    void isNotLoweredOnceItIsEvicted() {
        Bucket bucket = new Bucket(new BucketKey("p", "k"), HUNDRED, Window.of(HUNDRED, 1), time.nanoTime());
        RateLimitCheck check = RateLimitCheck.of("p", "k", HUNDRED);
        assertThat(bucket.lower(HUNDRED, shared(check, 40), new Time(time))).isTrue();

        bucket.evict();

        assertThat(bucket.lower(HUNDRED, shared(check, 40), new Time(time))).isFalse();
    }

    /** Returns the levels of a reply of Redis, received now. */
    private static KnownLevels shared(RateLimitCheck check, long... tokens) {
        TokenBucketScript script = new TokenBucketScript("");
        long now = 1_732_312_345_678_901L;
        StringBuilder levels = new StringBuilder("1 ").append(now);
        for (long window : tokens) {
            levels.append(' ')
                    .append(window * 1_000_000)
                    .append(' ')
                    .append(now)
                    .append(" 0");
        }
        byte[] reply = levels.toString().getBytes(US_ASCII);
        Pending pending = new Pending(check, null, script.bucket(check), new byte[0][], 0);
        return KnownLevels.of(pending, script.read(check.limit(), 1, reply), System.nanoTime());
    }

    // The window that a decision describes

    @Test
    void describesTheFirstOfTheWindowsThatHaveTheLeastLeft() {
        RateLimit limit = RateLimit.perHour(2).and(RateLimit.perDay(100));
        assertThat(ask(limit, 1).bandwidth()).isEqualTo(limit.bandwidths().get(0));

        RateLimit same = RateLimit.perHour(4).and(RateLimit.perDay(4));
        RateLimitDecision equal = limiter.decideNow(RateLimitCheck.of("p", "equal", same));
        assertThat(equal.bandwidth()).isEqualTo(same.bandwidths().get(0));
    }

    @Test
    void describesTheFirstOfTheWindowsWithTheLongestWait() {
        RateLimit limit =
                RateLimit.of(Bandwidth.of(4, 60, Duration.ofHours(1)), Bandwidth.of(4, 1, Duration.ofMinutes(1)));
        ask(limit, 4);

        assertThat(ask(limit, 1).bandwidth()).isEqualTo(limit.bandwidths().get(0));
    }

    @Test
    void describesTheWindowToWaitForThoughAnotherHasLessLeft() {
        RateLimit limit = RateLimit.perSecond(2).and(RateLimit.perDay(3));
        ask(limit, 2);

        RateLimitDecision rejected = ask(limit, 2);

        assertThat(rejected.bandwidth()).isEqualTo(limit.bandwidths().get(1));
        assertThat(rejected.remaining()).isEqualTo(1);
        assertThat(rejected.retryAfter()).isEqualTo(Duration.ofHours(8));
    }

    @Test
    void allowsWithoutAWaitHoweverLittleIsLeft() {
        RateLimitDecision allowed = ask(TEN, 6);

        assertThat(allowed.remaining()).isEqualTo(4);
        assertThat(allowed.retryAfterNanos()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 2, 2",
        "1000, 2, 2000",
        "1000, 9223372036854775, 9223372036854775000",
        "1000, 9223372036854776, 9223372036854775807"
    })
    void countsWaitsInNanosecondsAsFarAsALongGoes(long nanosPerTick, long missing, long nanos) {
        // A micro-token at every tick of a microsecond.
        RateLimit limit = RateLimit.perSecond(1);
        Window window = new Window(limit.bandwidths().get(0), 1_000);

        RateLimitDecision decision = Ruling.decision(
                RateLimitCheck.of("p", "k", limit),
                window,
                new Level(0, 0),
                false,
                missing,
                0,
                nanosPerTick,
                0,
                Source.SHARED);

        assertThat(decision.retryAfterNanos()).isEqualTo(nanos);
    }

    // Names

    @Test
    void keepsKeysOf256CharactersAsTheyAre() {
        assertThat(BucketKey.bounded("x".repeat(256))).isEqualTo("x".repeat(256));
        assertThat(BucketKey.bounded("x".repeat(257))).startsWith("sha256:").hasSize(7 + 64);
    }

    @Test
    void digestsKeysThatLookLikeADigest() {
        String digest = BucketKey.bounded("x".repeat(257));

        assertThat(BucketKey.bounded(digest)).startsWith("sha256:").isNotEqualTo(digest);
    }

    private RateLimitDecision ask(RateLimit limit, long cost) {
        return limiter.decideNow(RateLimitCheck.of("p", "k", limit).withCost(cost));
    }
}
