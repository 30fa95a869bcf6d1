package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The decision on a {@link RateLimitCheck}. Its numbers describe one window of the limit: for a rejection, the window
 * with the longest wait; otherwise the one with the smallest share of its capacity left.
 *
 * <p>A {@link RateLimiter} of your own creates decisions by {@link #allowed(RateLimitCheck, long, Instant)} and {@link
 * #rejected(RateLimitCheck, Duration, Instant)}:
 *
 * <pre>{@code
 * RateLimiter oneAtATime = check -> CompletableFuture.completedStage(
 *         semaphore.tryAcquire()
 *                 ? RateLimitDecision.allowed(check, semaphore.availablePermits(), Instant.now())
 *                 : RateLimitDecision.rejected(check, Duration.ofSeconds(1), Instant.now()));
 * }</pre>
 *
 * @param check the check that was decided
 * @param bandwidth the window that the numbers describe
 * @param allowed true if the tokens were available (and, unless the cost was 0, were taken)
 * @param remaining whole tokens left, 0 or more
 * @param decidedAtMicros the time of the decision in microseconds since the epoch, by the clock of the bucket's store
 * @param nextTokenNanos nanoseconds from then until the next token arrives; 0 if the bucket is full
 * @param fullNanos nanoseconds from then until the bucket is full; 0 if it is
 * @param retryAfterNanos nanoseconds from then until the same check could be allowed; 0 if it was
 * @param source the place where the tokens were taken, which is where a refund goes
 */
public record RateLimitDecision(
        RateLimitCheck check,
        Bandwidth bandwidth,
        boolean allowed,
        long remaining,
        long decidedAtMicros,
        long nextTokenNanos,
        long fullNanos,
        long retryAfterNanos,
        Source source) {
    private static final Problem QUOTA_EXCEEDED = Problem.of("quota-exceeded", "Quota Exceeded");
    private static final Problem ABNORMAL_USAGE = Problem.of("abnormal-usage-detected", "Abnormal Usage Detected");

    /** The place that a decision's tokens were taken from. */
    public enum Source {
        /** A bucket in this process. */
        LOCAL,
        /** A bucket in a shared store, such as Redis. */
        SHARED,
        /** Tokens that this process took from a shared store beforehand. */
        LEASE,
        /** A bucket in this process, because the shared store was unavailable. */
        FALLBACK,
        /**
         * No bucket: the shared store was unavailable, and the check is {@link OnOutage#ALLOW} or {@link
         * OnOutage#DENY}.
         */
        ASSUMED
    }

    public RateLimitDecision {
        requireNonNull(check, "check");
        requireNonNull(bandwidth, "bandwidth");
        requireNonNull(source, "source");
        if (remaining < 0 || nextTokenNanos < 0 || fullNanos < 0 || retryAfterNanos < 0) {
            throw new IllegalArgumentException("remaining: " + remaining + ", nextTokenNanos: " + nextTokenNanos
                    + ", fullNanos: " + fullNanos + ", retryAfterNanos: " + retryAfterNanos
                    + " (expected: none negative)");
        }
    }

    /**
     * Returns a decision that allows {@code check}, from a bucket in this process.
     *
     * @param remaining whole tokens left of the smallest window of the limit, 0 or more; a larger number than its
     *     capacity counts as its capacity
     * @param now the wall clock
     */
    public static RateLimitDecision allowed(RateLimitCheck check, long remaining, Instant now) {
        Bandwidth window = smallestWindow(check.limit());
        long left = Math.min(remaining, window.capacity());
        return new RateLimitDecision(
                check,
                window,
                true,
                left,
                micros(now),
                nanosToEarn(window, Math.min(1, window.capacity() - left)),
                nanosToEarn(window, window.capacity() - left),
                0,
                Source.LOCAL);
    }

    /**
     * Returns a decision that rejects {@code check}, from a bucket in this process that is empty.
     *
     * @param retryAfter the time until the same check could be allowed, not negative
     * @param now the wall clock
     */
    public static RateLimitDecision rejected(RateLimitCheck check, Duration retryAfter, Instant now) {
        Bandwidth window = smallestWindow(check.limit());
        long wait = saturatedNanos(retryAfter);
        return new RateLimitDecision(
                check,
                window,
                false,
                0,
                micros(now),
                Math.min(wait, nanosToEarn(window, 1)),
                Math.max(wait, nanosToEarn(window, window.capacity())),
                wait,
                Source.LOCAL);
    }

    /** Returns the same decision with another source. */
    public RateLimitDecision withSource(Source other) {
        return new RateLimitDecision(
                check,
                bandwidth,
                allowed,
                remaining,
                decidedAtMicros,
                nextTokenNanos,
                fullNanos,
                retryAfterNanos,
                other);
    }

    /** Returns whether this process decided because the shared store was unavailable. */
    public boolean fallback() {
        return source == Source.FALLBACK || source == Source.ASSUMED;
    }

    /** Returns whether there are tokens to refund: some were taken from a bucket. */
    public boolean refundable() {
        return allowed && check.cost() > 0 && source != Source.ASSUMED;
    }

    /** Returns the name of the policy. */
    public String policy() {
        return check.policy();
    }

    /** Returns whether this rejects its request: not allowed, and not a shadow. */
    public boolean rejects() {
        return !allowed && !check.shadow();
    }

    /**
     * Returns whether clients may see this decision. Shadows are never reported, and reservations only if they reject.
     */
    public boolean isReported() {
        return !check.shadow() && (!allowed || !check.isReservation());
    }

    /** Returns the time at which the next token arrives; the time of the decision if the bucket is full. */
    public Instant nextTokenAt() {
        return Instant.ofEpochSecond(
                        Math.floorDiv(decidedAtMicros, 1_000_000L), Math.floorMod(decidedAtMicros, 1_000_000L) * 1000)
                .plusNanos(nextTokenNanos);
    }

    /** Returns the time until the same check could be allowed; zero if it was. */
    public Duration retryAfter() {
        return Duration.ofNanos(retryAfterNanos);
    }

    /** Returns the share of the window's capacity that is left, 0 to 1. */
    public double shareLeft() {
        return (double) remaining / bandwidth.capacity();
    }

    /** Returns the next token's arrival in Unix seconds, rounded up. */
    long nextTokenEpochSecond() {
        long second = Math.floorDiv(decidedAtMicros, 1_000_000L);
        long nanos = Math.floorMod(decidedAtMicros, 1_000_000L) * 1000;
        // Rounded up twice rather than added: nextTokenNanos may be close to Long.MAX_VALUE.
        long rest = nextTokenNanos % 1_000_000_000L + nanos;
        return second + nextTokenNanos / 1_000_000_000L + (rest + 999_999_999L) / 1_000_000_000L;
    }

    /**
     * Returns the error of a rejection: {@link CommonError#RATE_LIMIT_EXCEEDED}, with the tokens left and the arrival
     * of the next in its details.
     */
    public GatewayException toException() {
        return GatewayException.builder(CommonError.RATE_LIMIT_EXCEEDED, "Too many requests. Please try again later.")
                .detail("remaining_tokens", remaining)
                .detail(
                        "next_refill",
                        Instant.ofEpochSecond(nextTokenEpochSecond()).toString())
                .detail("capacity", bandwidth.capacity())
                .detail("refill_rate", bandwidth.tokensPerSecond())
                .retryAfter(retryAfter())
                .problem((check.isReservation() ? ABNORMAL_USAGE : QUOTA_EXCEEDED)
                        .with("violated-policies", List.of(policy())))
                .build();
    }

    private static Bandwidth smallestWindow(RateLimit limit) {
        Bandwidth smallest = limit.bandwidths().get(0);
        for (Bandwidth window : limit.bandwidths()) {
            smallest = window.capacity() < smallest.capacity() ? window : smallest;
        }
        return smallest;
    }

    private static long nanosToEarn(Bandwidth window, long tokens) {
        double perToken = window.period().toNanos() / ((double) window.refillMicros() / Bandwidth.MICROS_PER_TOKEN);
        return (long) Math.ceil(tokens * perToken); // A cast saturates.
    }

    private static long saturatedNanos(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("retryAfter: " + duration + " (expected: not negative)");
        }
        return duration.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L ? Long.MAX_VALUE : duration.toNanos();
    }

    private static long micros(Instant now) {
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
}
