package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * One window of a {@link RateLimit}: a token bucket that holds {@code capacity} tokens and earns {@code refillMicros}
 * millionths of a token per {@code period}.
 *
 * <p>All arithmetic is exact on whole millionths of a token (micro-tokens), and every number stays below 2<sup>53</sup>,
 * so that a script whose numbers are doubles computes the same.
 *
 * @param capacity the maximum of tokens, and their number at the start: 1 to {@value #MAX_CAPACITY}
 * @param refillMicros micro-tokens earned per period, 1 to 2<sup>53</sup> - 1
 * @param period 1 ms to 3,650 days, in whole microseconds
 * @param refill the arrival of tokens: continuous, or at the end of each period
 */
public record Bandwidth(long capacity, long refillMicros, Duration period, Refill refill) {
    /** The micro-tokens of a token. */
    public static final long MICROS_PER_TOKEN = 1_000_000;

    /** The largest capacity in tokens: its micro-tokens stay below 2<sup>53</sup>. */
    public static final long MAX_CAPACITY = 9_007_199_254L;

    private static final long MAX_EXACT = (1L << 53) - 1;
    private static final Duration MIN_PERIOD = Duration.ofMillis(1);
    private static final Duration MAX_PERIOD = Duration.ofDays(3650);

    public Bandwidth {
        requireNonNull(period, "period");
        requireNonNull(refill, "refill");
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 1 to " + MAX_CAPACITY + ")");
        }
        if (refillMicros < 1 || refillMicros > MAX_EXACT) {
            throw new IllegalArgumentException(
                    "refillMicros: " + refillMicros + " (expected: 1 to " + MAX_EXACT + " millionths of a token)");
        }
        if (period.compareTo(MIN_PERIOD) < 0 || period.compareTo(MAX_PERIOD) > 0 || period.toNanos() % 1000 != 0) {
            throw new IllegalArgumentException(
                    "period: " + period + " (expected: 1 ms to 3650 days, in whole microseconds)");
        }
        BigInteger fillTime = BigInteger.valueOf(capacity * MICROS_PER_TOKEN)
                .multiply(BigInteger.valueOf(period.toNanos() / 1000))
                .divide(BigInteger.valueOf(refillMicros));
        if (fillTime.bitLength() > 53) {
            throw new IllegalArgumentException("refill: " + refillMicros + " millionths of a token per " + period
                    + " (expected: enough to fill " + capacity + " tokens within 285 years)");
        }
    }

    /** Returns a bucket of {@code capacity} tokens that continuously earns {@code refillTokens} per {@code period}. */
    public static Bandwidth of(long capacity, long refillTokens, Duration period) {
        if (refillTokens < 1 || refillTokens > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "refillTokens: " + refillTokens + " (expected: 1 to " + MAX_CAPACITY + ")");
        }
        return new Bandwidth(capacity, refillTokens * MICROS_PER_TOKEN, period, Refill.GREEDY);
    }

    /**
     * Returns a bucket of {@code capacity} tokens that continuously earns {@code tokensPerSecond}, as a window of
     * {@code period}.
     *
     * @param tokensPerSecond more than 0; the tokens of one period are rounded to a millionth
     */
    public static Bandwidth ofRate(long capacity, BigDecimal tokensPerSecond, Duration period) {
        requireNonNull(tokensPerSecond, "tokensPerSecond");
        requireNonNull(period, "period");
        BigDecimal seconds = BigDecimal.valueOf(period.getSeconds()).add(BigDecimal.valueOf(period.getNano(), 9));
        BigDecimal micros = tokensPerSecond.multiply(seconds).movePointRight(6).setScale(0, RoundingMode.HALF_UP);
        if (micros.signum() <= 0 || micros.compareTo(BigDecimal.valueOf(MAX_EXACT)) > 0) {
            throw new IllegalArgumentException("tokensPerSecond: " + tokensPerSecond
                    + " (expected: more than 0 and at most " + MAX_CAPACITY + " tokens in " + period + ")");
        }
        return new Bandwidth(capacity, micros.longValueExact(), period, Refill.GREEDY);
    }

    /** Returns the same window with another refill. */
    public Bandwidth withRefill(Refill how) {
        return new Bandwidth(capacity, refillMicros, period, how);
    }

    /** Returns the average refill rate, for people and headers. Decisions use the exact numbers instead. */
    public double tokensPerSecond() {
        // Micro-tokens per microsecond: one division of two whole numbers, so 1.67 comes out as 1.67.
        long periodMicros = period.toNanos() / 1000;
        return (double) refillMicros / periodMicros;
    }

    /** Returns for example {@code 100 tokens, +100.2 per PT1M}. */
    @Override
    public String toString() {
        String tokens = BigDecimal.valueOf(refillMicros, 6).stripTrailingZeros().toPlainString();
        return capacity + " tokens, +" + tokens + " per " + period + (refill == Refill.INTERVAL ? " at once" : "");
    }
}
