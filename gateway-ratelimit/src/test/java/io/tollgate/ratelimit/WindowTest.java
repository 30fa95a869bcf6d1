package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.ratelimit.Window.Level;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of one window, beside the same with numbers of any size. */
class WindowTest {
    private static final long MAX_MICROS = (1L << 53) - 1;
    private static final Duration CENTURY = Duration.ofDays(3_650);

    // Refill

    @Test
    void isFullAtTheTickThatEarnsTheLastMicroTokenAndNotBefore() {
        // A micro-token every 3 ns.
        Window window = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Level level = new Level(window.capacityMicros - 5, 0);

        window.refill(level, 14);
        assertThat(level.micros).isEqualTo(window.capacityMicros - 1);
        assertThat(level.remainder).as("two thirds of a micro-token").isEqualTo(2);
        window.refill(level, 15);

        assertThat(level.micros).isEqualTo(window.capacityMicros);
        assertThat(level.remainder).isZero();
    }

    @Test
    void keepsNoRemainderOfAFullBucket() {
        Window window = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Level level = new Level(window.capacityMicros - 1, 0);
        window.refill(level, 5);
        assertThat(level.micros).isEqualTo(window.capacityMicros);
        level.micros -= 2;

        window.refill(level, 7);

        assertThat(level.micros).as("2 ns of a micro-token in 3 ns").isEqualTo(window.capacityMicros - 2);
        window.refill(level, 8);
        assertThat(level.micros).isEqualTo(window.capacityMicros - 1);
    }

    @Test
    void dropsTheRemainderOfABucketThatWasFilledInAnotherWay() {
        Window window = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Level level = new Level(window.capacityMicros, 0);
        level.remainder = 2;

        window.refill(level, 1);

        assertThat(level.remainder).isZero();
        assertThat(level.asOf).isEqualTo(1);
    }

    @Test
    void beginsThePeriodOfAFullBucketWhenTokensAreTaken() {
        Window window = window(10, 4_000_000, Duration.ofMillis(1), Refill.INTERVAL);
        Level level = new Level(window.capacityMicros, 0);

        window.refill(level, 700_000);
        level.micros = 0;
        window.refill(level, 1_699_999);
        assertThat(level.micros).isZero();
        window.refill(level, 1_700_000);

        assertThat(level.micros).isEqualTo(4_000_000);
    }

    @Test
    void keepsTheRemainderWhenTheClockGoesBack() {
        Window window = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Level level = new Level(0, 10);
        window.refill(level, 12);
        assertThat(level.remainder).isEqualTo(2);

        window.refill(level, 5);
        assertThat(level.asOf).isEqualTo(5);
        window.refill(level, 6);

        assertThat(level.micros).isEqualTo(1);
    }

    @Test
    void changesNothingIfNoTimePassed() {
        Window greedy = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Window interval = window(10, 4_000_000, Duration.ofMillis(1), Refill.INTERVAL);
        for (Window window : new Window[] {greedy, interval}) {
            Level level = new Level(7, 10);

            window.refill(level, 10);

            assertThat(level.micros).isEqualTo(7);
            assertThat(level.asOf).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 999999, 0, 0",
        "0, 1000000, 4000000, 1000000",
        "0, 1999999, 4000000, 1000000",
        "0, 2000000, 8000000, 2000000",
        // The third period fills the bucket, which has no history then.
        "0, 3000000, 10000000, 3000000",
        "0, 3000001, 10000000, 3000001",
        // Exactly what is missing.
        "2000000, 1999999, 6000000, 1000000",
        "2000000, 2000000, 10000000, 2000000",
        "2000000, 2000001, 10000000, 2000001",
        "2000001, 2000001, 10000000, 2000001",
        "1999999, 2000001, 9999999, 2000000",
    })
    void creditsAnIntervalPeriodByPeriod(long before, long elapsed, long after, long asOf) {
        Window window = window(10, 4_000_000, Duration.ofMillis(1), Refill.INTERVAL);
        Level level = new Level(before, 0);

        window.refill(level, elapsed);

        assertThat(level.micros).isEqualTo(after);
        assertThat(level.asOf).isEqualTo(asOf);
    }

    @ParameterizedTest
    @CsvSource({
        // Products of elapsed time and credit below 2^63, between 2^63 and 2^64, and beyond, in which bits would be
        // lost.
        "1",
        "1023",
        "1024",
        "1025",
        "2047",
        "2048",
        "2049",
        "4096",
        "1000000000",
        "100000000000000000",
    })
    void losesNoBitOfALargeProduct(long elapsed) {
        Window window = window(Bandwidth.MAX_CAPACITY, MAX_MICROS, CENTURY, Refill.GREEDY);
        Level level = new Level(0, 0);
        level.remainder = 12_345;
        BigInteger[] earned = earned(window, elapsed, 12_345);

        window.refill(level, elapsed);

        assertThat(BigInteger.valueOf(level.micros))
                .isEqualTo(earned[0].min(BigInteger.valueOf(window.capacityMicros)));
        if (level.micros < window.capacityMicros) {
            assertThat(BigInteger.valueOf(level.remainder)).isEqualTo(earned[1]);
        }
        assertThat(level.asOf).isEqualTo(elapsed);
    }

    @Test
    void losesNoBitIfTheRemainderTakesTheSumBeyondALong() {
        Window window = window(Bandwidth.MAX_CAPACITY, MAX_MICROS, CENTURY, Refill.GREEDY);
        long elapsed = Long.MAX_VALUE / window.credit;
        Level level = new Level(0, 0);
        level.remainder = window.per - 1;
        assertThat(elapsed * window.credit + level.remainder).as("the sum").isNegative();
        BigInteger[] earned = earned(window, elapsed, level.remainder);

        window.refill(level, elapsed);

        assertThat(BigInteger.valueOf(level.micros)).isEqualTo(earned[0]);
        assertThat(BigInteger.valueOf(level.remainder)).isEqualTo(earned[1]);
    }

    private static BigInteger[] earned(Window window, long elapsed, long remainder) {
        return BigInteger.valueOf(elapsed)
                .multiply(BigInteger.valueOf(window.credit))
                .add(BigInteger.valueOf(remainder))
                .divideAndRemainder(BigInteger.valueOf(window.per));
    }

    // Waits

    @Test
    void waitsForNothingThatIsThere() {
        Window greedy = window(10, 4_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Window interval = window(10, 4_000_000, Duration.ofMillis(3), Refill.INTERVAL);
        for (Window window : new Window[] {greedy, interval}) {
            Level level = new Level(5, 0);
            assertThat(window.ticksUntil(level, 5, 0)).isZero();
            assertThat(window.ticksUntil(level, 4, 0)).isZero();
            assertThat(window.ticksUntil(level, 6, 0)).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 6", "1000000, 3000000"})
    void waitsForAsManyTicksAsItEarns(long missing, long ticks) {
        Window window = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);

        assertThat(window.ticksUntil(new Level(0, 0), missing, 0)).isEqualTo(ticks);
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "1, 2", "2, 1"})
    void waitsOnlyForWhatTheRemainderLacks(long remainder, long ticks) {
        Window window = window(1_000, 1_000_000, Duration.ofMillis(3), Refill.GREEDY);
        Level level = new Level(0, 0);
        level.remainder = remainder;

        assertThat(window.ticksUntil(level, 1, 0)).isEqualTo(ticks);
    }

    @ParameterizedTest
    @CsvSource({"1, 700000", "4000000, 700000", "4000001, 1700000", "8000000, 1700000", "8000001, 2700000"})
    void waitsForTheEndOfAnInterval(long missing, long ticks) {
        Window window = window(10, 4_000_000, Duration.ofMillis(1), Refill.INTERVAL);

        assertThat(window.ticksUntil(new Level(0, 0), missing, 300_000)).isEqualTo(ticks);
    }

    @ParameterizedTest
    @CsvSource({
        // A micro-token takes 35,012 ns at least in the slowest window: 1 token in 285 years.
        "1",
        "29",
        "30",
        "58",
        "59",
        "60",
        "1000",
        "1000000",
    })
    void waitsExactlyHoweverLong(long missing) {
        Window window = window(1, 999_983, CENTURY, Refill.GREEDY);
        Level level = new Level(0, 0);
        level.remainder = 7;
        BigInteger[] wait = BigInteger.valueOf(missing)
                .multiply(BigInteger.valueOf(window.per))
                .subtract(BigInteger.valueOf(7))
                .divideAndRemainder(BigInteger.valueOf(window.credit));
        long expected = wait[0].longValueExact() + (wait[1].signum() == 0 ? 0 : 1);

        assertThat(window.ticksUntil(level, missing, 0)).isEqualTo(expected);
    }

    @Test
    void waitsExactlyIfALargeProductDividesEvenly() {
        Window window = window(1_000_000, 1_000_000, Duration.ofNanos(1_000_000_007_000L), Refill.GREEDY);
        Level level = new Level(0, 0);
        long missing = window.credit * 20_000_000L;

        assertThat(window.ticksUntil(level, missing, 0)).isEqualTo(window.per * 20_000_000L);
        level.remainder = 1;
        assertThat(window.ticksUntil(level, missing, 0)).isEqualTo(window.per * 20_000_000L);
    }

    @Test
    void waitsForEverIfTheEndIsBeyondALong() {
        Window greedy = window(1, 35_012, CENTURY, Refill.GREEDY);
        Window interval = window(1, 35_012, CENTURY, Refill.INTERVAL);

        for (Window window : new Window[] {greedy, interval}) {
            assertThat(window.ticksUntil(new Level(0, 0), 1_000_000_000L, 0)).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void waitsForAnIntervalWhoseEndIsJustWithinALong() {
        Window window = window(1, 35_012, CENTURY, Refill.INTERVAL);
        long most = Long.MAX_VALUE / window.per;

        assertThat(window.ticksUntil(new Level(0, 0), most * window.credit, 0)).isEqualTo(most * window.per);
        assertThat(window.ticksUntil(new Level(0, 0), most * window.credit + 1, 0))
                .as("2^63 or more, less than 2^64")
                .isEqualTo(Long.MAX_VALUE);
        assertThat(window.ticksUntil(new Level(0, 0), 3 * most * window.credit, 0))
                .as("2^64 or more")
                .isEqualTo(Long.MAX_VALUE);
    }

    // Refunds

    @ParameterizedTest
    @CsvSource({"4, 9", "5, 10", "6, 10"})
    void refundsUpToTheCapacity(long tokens, long after) {
        Window window = window(10, 4_000_000, Duration.ofMillis(1), Refill.INTERVAL);
        Level level = new Level(5_000_000, 3);

        window.refund(level, tokens * 1_000_000, 7);

        assertThat(level.micros).isEqualTo(after * 1_000_000);
        assertThat(level.asOf)
                .as("a full bucket has no history; any other keeps its period")
                .isEqualTo(after == 10 ? 7 : 3);
    }

    // Limits that change

    @ParameterizedTest
    @CsvSource({"10, 20, 5, 10", "10, 5, 5, 2", "10, 10, 5, 5", "3, 2, 1, 0", "3, 9007199254, 1, 3002399751"})
    void keepsTheShareRoundedDown(long was, long is, long tokens, long expected) {
        Window before = window(was, 1_000_000, Duration.ofMillis(1), Refill.GREEDY);
        Window after = window(is, 1_000_000, Duration.ofMillis(1), Refill.GREEDY);

        assertThat(after.sameShare(before, tokens * 1_000_000) / 1_000_000).isEqualTo(expected);
    }

    // The form

    @Test
    void isInLowestTermsUnlessTokensArriveAtOnce() {
        Window greedy = window(10, 4_000_000, Duration.ofMillis(6), Refill.GREEDY);
        assertThat(greedy.credit).isEqualTo(2);
        assertThat(greedy.per).isEqualTo(3);
        assertThat(greedy.interval).isFalse();

        Window interval = window(10, 4_000_000, Duration.ofMillis(6), Refill.INTERVAL);
        assertThat(interval.credit).isEqualTo(4_000_000);
        assertThat(interval.per).isEqualTo(6_000_000);
        assertThat(interval.interval).isTrue();
    }

    @Test
    void countsTheTicksOfItsClock() {
        RateLimit limit = RateLimit.of(new Bandwidth(10, 4_000_000, Duration.ofMillis(6), Refill.INTERVAL));

        assertThat(Window.of(limit, 1_000)[0].per).as("microseconds").isEqualTo(6_000);
        assertThat(Window.of(limit.and(limit), 1)).hasSize(2);
    }

    private static Window window(long capacity, long refillMicros, Duration period, Refill refill) {
        return new Window(new Bandwidth(capacity, refillMicros, period, refill), 1);
    }
}
