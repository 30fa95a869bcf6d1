package io.tollgate.api.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides {@linkplain RateLimitCheck checks} from token buckets. Implementations are thread-safe.
 *
 * <pre>{@code
 * RateLimiter officeHours = check -> CompletableFuture.completedStage(
 *         office.isOpen()
 *                 ? RateLimitDecision.allowed(check, check.limit().capacity(), Instant.now())
 *                 : RateLimitDecision.rejected(check, office.timeToOpening(), Instant.now()));
 * }</pre>
 *
 * <p>A rejection is a value, never an exception. Implementations decide within a bounded time, even during an outage. {@code
 * RateLimiterContract} of {@code gateway-testkit} tests all of these promises.
 */
@FunctionalInterface
public interface RateLimiter {
    /**
     * Takes the check's tokens if they are available. Never blocks.
     *
     * @return completed on the calling thread if the buckets are in this process, else on a thread of the
     *     implementation, which dependents must not block
     */
    CompletionStage<RateLimitDecision> decide(RateLimitCheck check);

    /**
     * Gives back the tokens that a decision took, for a request that is not to be charged after all. The refund goes to
     * the {@linkplain RateLimitDecision#source place of the decision}; it is never redirected and never sent twice. It
     * credits every window up to its capacity, has no effect if the bucket is gone, and adapts to a limit that has
     * changed since. A lost refund costs tokens and never grants them: charges minus refunds never exceed the capacity
     * plus the tokens earned.
     *
     * <p>Call it at most once for a decision. Never blocks. A decision that took nothing is ignored.
     *
     * @return completed like {@link #decide}, when the tokens are back or are known to be lost; fails with a {@link
     *     io.tollgate.api.GatewayException} of {@code SERVICE_UNAVAILABLE} if they are lost
     * @throws UnsupportedOperationException if this limiter has no refunds, which is the default. Its reservations are
     *     then charged whatever the end of the request
     */
    default CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        throw new UnsupportedOperationException(getClass().getName() + " has no refunds");
    }

    /**
     * Decides several checks of one request in order, and stops at the first that rejects. Earlier checks keep the
     * tokens that they took.
     *
     * @return completed like {@link #decide}
     */
    default CompletionStage<RateLimitDecisions> decideAll(List<RateLimitCheck> checks) {
        if (checks.size() == 1) { // Most requests: nothing to combine.
            return decide(checks.get(0)).thenApply(RateLimitDecisions::of);
        }
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
