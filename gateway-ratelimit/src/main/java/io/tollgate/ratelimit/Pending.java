package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A decision, or a refund, that Redis is to make. Its lane or the watch over deadlines completes it, whichever is
 * first; a refund completes with the decision that it refunds.
 */
final class Pending extends CompletableFuture<RateLimitDecision> {
    final RateLimit limit;
    final long cost;
    final byte[] bucket;
    final byte[][] arguments;
    final long deadlineNanos;
    final boolean isRefund;
    /**
     * Set if {@code ASKING} must precede it, for a node that is taking the slot over. Passed from thread to thread by
     * queues.
     */
    boolean asking;

    /**
     * The number of decisions in the call of Redis that this is the first of; 0 if this is not the first. Used by its
     * lane.
     */
    int decisionsInCall;

    int redirections;

    private @Nullable RateLimitCheck check;
    private @Nullable RateLimitDecision refunded;

    /** @param refunded the decision to refund; null for a new decision */
    Pending(
            RateLimitCheck check,
            @Nullable RateLimitDecision refunded,
            byte[] bucket,
            byte[][] arguments,
            long deadlineNanos) {
        this.limit = check.limit();
        this.cost = check.cost();
        this.check = check;
        this.refunded = refunded;
        this.isRefund = refunded != null;
        this.bucket = bucket;
        this.arguments = arguments;
        this.deadlineNanos = deadlineNanos;
    }

    /** Returns the check; null if this is complete and has let go of it. */
    @Nullable
    RateLimitCheck check() {
        return check;
    }

    /** Returns the decision to refund; null if this is a new decision, or complete. */
    @Nullable
    RateLimitDecision refunded() {
        return refunded;
    }

    /**
     * Lets go of what the caller handed in, such as a bucket key of any length, once this is complete: it may stay in
     * the queue of a lane that is stuck.
     */
    void letGo() {
        check = null;
        refunded = null;
    }

    boolean isExpired(long now) {
        return now - deadlineNanos >= 0;
    }
}
