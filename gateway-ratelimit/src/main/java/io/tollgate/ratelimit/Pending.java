package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A decision, or a refund, that Redis is to make. Its lane or the watch over deadlines completes it, whichever is
 * first; a refund completes with the decision that it refunds.
 */
final class Pending extends CompletableFuture<RateLimitDecision> {
    final RateLimitCheck check;
    /** The decision to refund; null for a new decision. */
    final @Nullable RateLimitDecision refunded;

    final byte[] bucket;
    final byte[][] arguments;
    final long deadlineNanos;
    /**
     * Set if {@code ASKING} must precede it, for a node that is taking the slot over. Passed from thread to thread by
     * queues.
     */
    boolean asking;

    int redirections;

    Pending(
            RateLimitCheck check,
            @Nullable RateLimitDecision refunded,
            byte[] bucket,
            byte[][] arguments,
            long deadlineNanos) {
        this.check = check;
        this.refunded = refunded;
        this.bucket = bucket;
        this.arguments = arguments;
        this.deadlineNanos = deadlineNanos;
    }

    boolean isExpired(long now) {
        return now - deadlineNanos >= 0;
    }
}
