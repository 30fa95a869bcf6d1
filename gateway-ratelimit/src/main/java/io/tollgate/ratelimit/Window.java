package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.Refill;
import java.math.BigInteger;

/**
 * A bandwidth prepared for exact arithmetic: {@code credit} micro-tokens every {@code per} ticks, in lowest terms if
 * they arrive continuously. A tick is a nanosecond in process and a microsecond in Redis.
 *
 * <p>The arithmetic is exact because the remainder of {@code elapsed * credit / per} is carried over: no fraction is
 * lost, however often a bucket is used.
 */
final class Window {
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    final Bandwidth bandwidth;
    final long capacityMicros;
    final boolean interval;
    final long credit;
    final long per;

    Window(Bandwidth bandwidth, long nanosPerTick) {
        this.bandwidth = bandwidth;
        this.capacityMicros = bandwidth.capacity() * Bandwidth.MICROS_PER_TOKEN;
        this.interval = bandwidth.refill() == Refill.INTERVAL;
        long period = bandwidth.period().toNanos() / nanosPerTick;
        long divisor = interval ? 1 : gcd(bandwidth.refillMicros(), period);
        this.credit = bandwidth.refillMicros() / divisor;
        this.per = period / divisor;
    }

    static Window[] of(RateLimit limit, long nanosPerTick) {
        return limit.bandwidths().stream()
                .map(bandwidth -> new Window(bandwidth, nanosPerTick))
                .toArray(Window[]::new);
    }

    /** Credits {@code level} with the tokens that arrived until {@code now}. */
    void refill(Level level, long now) {
        long elapsed = now - level.asOf;
        long missing = capacityMicros - level.micros;
        if (missing == 0 || elapsed < 0) {
            // A full bucket has no history. If the clock goes back, nothing is earned until now.
            level.asOf = now;
            level.remainder = missing == 0 ? 0 : level.remainder;
        } else if (interval) {
            long periods = elapsed / per;
            if (periods >= ceilDiv(missing, credit)) {
                fill(level, now);
            } else {
                level.micros += periods * credit;
                level.asOf += periods * per;
            }
        } else {
            long product = elapsed * credit;
            long sum = product + level.remainder;
            if (Math.multiplyHigh(elapsed, credit) == 0 && product >= 0 && sum >= 0) {
                earn(level, now, missing, sum / per, sum % per);
            } else {
                BigInteger[] earned = BigInteger.valueOf(elapsed)
                        .multiply(BigInteger.valueOf(credit))
                        .add(BigInteger.valueOf(level.remainder))
                        .divideAndRemainder(BigInteger.valueOf(per));
                earn(level, now, missing, earned[0].min(MAX).longValue(), earned[1].longValue());
            }
        }
    }

    private void earn(Level level, long now, long missing, long earned, long remainder) {
        if (earned >= missing) {
            fill(level, now);
        } else {
            level.micros += earned;
            level.remainder = remainder;
            level.asOf = now;
        }
    }

    private void fill(Level level, long now) {
        level.micros = capacityMicros;
        level.remainder = 0;
        level.asOf = now;
    }

    /** Ticks from {@code now}, to which {@code level} was refilled, until it holds {@code micros}. */
    long ticksUntil(Level level, long micros, long now) {
        long missing = micros - level.micros;
        if (missing <= 0) {
            return 0;
        }
        if (interval) {
            long periods = ceilDiv(missing, credit);
            long passed = now - level.asOf;
            return Math.multiplyHigh(periods, per) == 0 && periods * per >= 0 ? periods * per - passed : Long.MAX_VALUE;
        }
        long product = missing * per;
        if (Math.multiplyHigh(missing, per) == 0 && product >= 0) {
            return ceilDiv(product - level.remainder, credit);
        }
        BigInteger[] wait = BigInteger.valueOf(missing)
                .multiply(BigInteger.valueOf(per))
                .subtract(BigInteger.valueOf(level.remainder))
                .divideAndRemainder(BigInteger.valueOf(credit));
        return (wait[1].signum() == 0 ? wait[0] : wait[0].add(BigInteger.ONE))
                .min(MAX)
                .longValue();
    }

    /** Gives micro-tokens back to {@code level}, up to the capacity; it must be refilled until {@code now}. */
    void refund(Level level, long micros, long now) {
        if (micros >= capacityMicros - level.micros) {
            fill(level, now);
        } else {
            level.micros += micros;
        }
    }

    /**
     * Returns the micro-tokens that are the same share of this window as {@code micros} are of {@code was}, rounded
     * down.
     */
    long sameShare(Window was, long micros) {
        if (was.capacityMicros == capacityMicros) {
            return micros;
        }
        return BigInteger.valueOf(micros)
                .multiply(BigInteger.valueOf(capacityMicros))
                .divide(BigInteger.valueOf(was.capacityMicros))
                .longValue();
    }

    private static long ceilDiv(long positive, long divisor) {
        return (positive - 1) / divisor + 1;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** The fill level of one window of a bucket. Guarded by the bucket. */
    static final class Level {
        /** The micro-tokens, 0 to the capacity. */
        long micros;
        /** The time up to which {@code micros} is refilled; for an interval window, the start of its period. */
        long asOf;
        /** The amount earned beyond {@code micros}, in micro-tokens times {@code per}. */
        long remainder;

        Level(long micros, long asOf) {
            this.micros = micros;
            this.asOf = asOf;
        }
    }
}
