package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import java.time.Duration;
import java.time.Instant;

/**
 * The answer to a {@link RateLimitCheck}. Numbers are those of the window that ruled: of a refusal the one that must be
 * waited for longest, else the one with the least share of its capacity left.
 *
 * @param check the question
 * @param bandwidth the window that ruled
 * @param allowed whether the tokens were there (and, unless the cost was 0, were taken)
 * @param remaining whole tokens left, 0 or more
 * @param decidedAtMicros when it was decided, in microseconds since the epoch, by the clock of whoever decided
 * @param nextTokenNanos nanoseconds from then until the next token arrives; 0 when the bucket is full
 * @param fullNanos nanoseconds from then until the bucket is full; 0 when it is
 * @param retryAfterNanos nanoseconds from then until the same check could pass; 0 when it was allowed
 * @param fallback whether the limiter proper could not be asked and a fallback answered
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
        boolean fallback) {
    public RateLimitDecision {
        requireNonNull(check, "check");
        requireNonNull(bandwidth, "bandwidth");
        if (remaining < 0 || nextTokenNanos < 0 || fullNanos < 0 || retryAfterNanos < 0) {
            throw new IllegalArgumentException("remaining: " + remaining + ", nextTokenNanos: " + nextTokenNanos
                    + ", fullNanos: " + fullNanos + ", retryAfterNanos: " + retryAfterNanos
                    + " (expected: none negative)");
        }
    }

    /** The name of the policy that asked. */
    public String policy() {
        return check.policy();
    }

    /** Whether this refuses its request: not allowed, and not a shadow. */
    public boolean refuses() {
        return !allowed && !check.shadow();
    }

    /** When the next token arrives; the time of the decision when the bucket is full. */
    public Instant nextTokenAt() {
        return after(nextTokenNanos);
    }

    /** When the bucket is full. */
    public Instant fullAt() {
        return after(fullNanos);
    }

    /** How long until the same check could pass; zero when it was allowed. */
    public Duration retryAfter() {
        return Duration.ofNanos(retryAfterNanos);
    }

    /** The share of the window's capacity that is left, 0 to 1. */
    public double shareLeft() {
        return (double) remaining / bandwidth.capacity();
    }

    /** The next token's arrival in Unix seconds, rounded up. */
    long nextTokenEpochSecond() {
        long second = Math.floorDiv(decidedAtMicros, 1_000_000L);
        long nanos = Math.floorMod(decidedAtMicros, 1_000_000L) * 1000;
        // Rounded up twice rather than added: nextTokenNanos may be close to Long.MAX_VALUE.
        long rest = nextTokenNanos % 1_000_000_000L + nanos;
        return second + nextTokenNanos / 1_000_000_000L + (rest + 999_999_999L) / 1_000_000_000L;
    }

    /** The error that answers a refusal: {@link ErrorCode#RATE_LIMIT_EXCEEDED} with the contract's details. */
    public GatewayException toException() {
        return GatewayException.builder(ErrorCode.RATE_LIMIT_EXCEEDED, "Too many requests. Please try again later.")
                .detail("remaining_tokens", remaining)
                .detail(
                        "next_refill",
                        Instant.ofEpochSecond(nextTokenEpochSecond()).toString())
                .detail("capacity", bandwidth.capacity())
                .detail("refill_rate", bandwidth.tokensPerSecond())
                .retryAfter(retryAfter())
                .build();
    }

    private Instant after(long nanos) {
        return Instant.ofEpochSecond(
                        Math.floorDiv(decidedAtMicros, 1_000_000L), Math.floorMod(decidedAtMicros, 1_000_000L) * 1000)
                .plusNanos(nanos);
    }
}
