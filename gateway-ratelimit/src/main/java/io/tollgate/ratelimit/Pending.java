package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A decision, or the refund of one, that was asked of Redis. Completed by its lane, or by the watch over deadlines, whichever
 * comes first; a refund with the decision that it gives back.
 */
final class Pending extends CompletableFuture<RateLimitDecision> {
    final RateLimitCheck check;
    /** The decision to give back; null to make one. */
    final @Nullable RateLimitDecision refunded;

    final byte[] bucket;
    final byte[][] arguments;
    final long deadlineNanos;
    /** Sent after {@code ASKING}, to a node that is taking the slot over. Handed from thread to thread by queues. */
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
