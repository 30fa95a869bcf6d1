package io.tollgate.api.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides {@linkplain RateLimitCheck checks} from token buckets. Implementations are thread-safe.
 *
 * <p>A rejection is a value, never an exception. Implementations decide within a bounded time, outages included.
 */
@FunctionalInterface
public interface RateLimiter {
    /**
     * Takes the check's tokens if they are there. Never blocks.
     *
     * @return completed on the calling thread where the buckets are in process, else on a thread of the implementation,
     *     which dependents must not block
     */
    CompletionStage<RateLimitDecision> decide(RateLimitCheck check);

    /**
     * Gives back the tokens that a decision took, for requests that turned out not to be charged. The refund goes to where the
     * decision was made ({@link RateLimitDecision#source}), is never redirected and never sent twice. It credits every window
     * up to its capacity, does nothing if the bucket is gone, and follows a limit that has changed since. So a refund that is
     * lost costs tokens, and none ever grants them: what was charged, less what was refunded, never exceeds the capacity and
     * what was earned.
     *
     * <p>Call it at most once for a decision. Never blocks. A decision that took nothing is ignored.
     *
     * @return completed like {@link #decide}, when the tokens are back or are known to be lost; fails with a
     *     {@link io.tollgate.api.GatewayException} of {@code SERVICE_UNAVAILABLE} if they are lost
     * @throws UnsupportedOperationException if this limiter has no refunds, which is the default. Its reservations are then
     *     charged however the request ends
     */
    default CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        throw new UnsupportedOperationException(getClass().getName() + " has no refunds");
    }

    /**
     * Decides several checks of one request in order and stops at the first that rejects; what the earlier ones took
     * stays taken.
     *
     * @return completed like {@link #decide}
     */
    default CompletionStage<RateLimitDecisions> decideAll(List<RateLimitCheck> checks) {
        List<RateLimitDecision> decisions = new ArrayList<>(checks.size());
        for (int i = 0; i < checks.size(); i++) {
            CompletableFuture<RateLimitDecision> decision =
                    decide(checks.get(i)).toCompletableFuture();
            if (!decision.isDone()) {
                List<RateLimitCheck> rest = checks.subList(i + 1, checks.size());
                return decision.thenCompose(d -> {
                            decisions.add(d);
                            RateLimitDecisions sofar = new RateLimitDecisions(decisions);
                            return d.rejects() || rest.isEmpty()
                                    ? CompletableFuture.completedFuture(sofar)
                                    : decideAll(rest).thenApply(sofar::and);
                        })
                        .minimalCompletionStage();
            }
            if (decision.isCompletedExceptionally()) {
                return decision.thenApply(d -> RateLimitDecisions.NONE).minimalCompletionStage();
            }
            decisions.add(decision.join());
            if (decision.join().rejects()) {
                break;
            }
        }
        return CompletableFuture.completedStage(new RateLimitDecisions(decisions));
    }
}
