package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.Refill;
import java.math.BigInteger;

/**
 * A bandwidth prepared for exact arithmetic: {@code credit} micro-tokens every {@code perNanos} nanoseconds, in lowest
 * terms where they arrive continuously.
 *
 * <p>What is exact here is exact by carrying the remainder of {@code elapsed * credit / perNanos} from one look to the
 * next: however often a bucket is asked, no fraction is lost.
 */
final class Window {
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    final Bandwidth bandwidth;
    final long capacityMicros;
    private final boolean interval;
    private final long credit;
    private final long perNanos;

    Window(Bandwidth bandwidth) {
        this.bandwidth = bandwidth;
        this.capacityMicros = bandwidth.capacity() * Bandwidth.MICROS_PER_TOKEN;
        this.interval = bandwidth.refill() == Refill.INTERVAL;
        long period = bandwidth.period().toNanos();
        long divisor = interval ? 1 : gcd(bandwidth.refillMicros(), period);
        this.credit = bandwidth.refillMicros() / divisor;
        this.perNanos = period / divisor;
    }

    static Window[] of(RateLimit limit) {
        return limit.bandwidths().stream().map(Window::new).toArray(Window[]::new);
    }

    /** Credits {@code level} with what arrived until {@code now}. */
    void refill(Level level, long now) {
        long elapsed = now - level.asOfNanos;
        long missing = capacityMicros - level.micros;
        if (missing == 0 || elapsed < 0) {
            // A full bucket has no history. A clock that went back earns nothing for the past, and then goes on.
            level.asOfNanos = now;
            level.remainder = missing == 0 ? 0 : level.remainder;
        } else if (interval) {
            long periods = elapsed / perNanos;
            if (periods >= ceilDiv(missing, credit)) {
                fill(level, now);
            } else {
                level.micros += periods * credit;
                level.asOfNanos += periods * perNanos;
            }
        } else {
            long product = elapsed * credit;
            long sum = product + level.remainder;
            if (Math.multiplyHigh(elapsed, credit) == 0 && product >= 0 && sum >= 0) {
                earn(level, now, missing, sum / perNanos, sum % perNanos);
            } else {
                BigInteger[] earned = BigInteger.valueOf(elapsed)
                        .multiply(BigInteger.valueOf(credit))
                        .add(BigInteger.valueOf(level.remainder))
                        .divideAndRemainder(BigInteger.valueOf(perNanos));
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
            level.asOfNanos = now;
        }
    }

    private void fill(Level level, long now) {
        level.micros = capacityMicros;
        level.remainder = 0;
        level.asOfNanos = now;
    }

    /** Nanoseconds from {@code now}, to which {@code level} was refilled, until it holds {@code micros}. */
    long nanosUntil(Level level, long micros, long now) {
        long missing = micros - level.micros;
        if (missing <= 0) {
            return 0;
        }
        if (interval) {
            long periods = ceilDiv(missing, credit);
            long passed = now - level.asOfNanos;
            return Math.multiplyHigh(periods, perNanos) == 0 && periods * perNanos >= 0
                    ? periods * perNanos - passed
                    : Long.MAX_VALUE;
        }
        long product = missing * perNanos;
        if (Math.multiplyHigh(missing, perNanos) == 0 && product >= 0) {
            return ceilDiv(product - level.remainder, credit);
        }
        BigInteger[] wait = BigInteger.valueOf(missing)
                .multiply(BigInteger.valueOf(perNanos))
                .subtract(BigInteger.valueOf(level.remainder))
                .divideAndRemainder(BigInteger.valueOf(credit));
        return (wait[1].signum() == 0 ? wait[0] : wait[0].add(BigInteger.ONE))
                .min(MAX)
                .longValue();
    }

    /** As many micro-tokens of this window as {@code level} is full of {@code was}. */
    long sameShare(Window was, Level level) {
        if (was.capacityMicros == capacityMicros) {
            return level.micros;
        }
        return BigInteger.valueOf(level.micros)
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

    /** How full one window of a bucket is. Guarded by the bucket. */
    static final class Level {
        /** Micro-tokens there, 0 to the capacity. */
        long micros;
        /** The time that {@code micros} includes; of an interval window, the start of its period. */
        long asOfNanos;
        /** What was earned beyond {@code micros}, in micro-tokens times {@code perNanos}. */
        long remainder;

        Level(long micros, long asOfNanos) {
            this.micros = micros;
            this.asOfNanos = asOfNanos;
        }
    }
}
