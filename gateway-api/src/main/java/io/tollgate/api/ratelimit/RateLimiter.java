package io.tollgate.api.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides {@linkplain RateLimitCheck checks} from token buckets. Implementations are thread-safe.
 *
 * <p>A refusal is a value, never an exception. Implementations answer within a bounded time, outages included.
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
     * Decides several checks of one request in order and stops at the first that refuses; what the earlier ones took
     * stays taken.
     *
     * @return completed like {@link #decide}
     */
    default CompletionStage<RateLimitVerdict> decideAll(List<RateLimitCheck> checks) {
        List<RateLimitDecision> decisions = new ArrayList<>(checks.size());
        for (int i = 0; i < checks.size(); i++) {
            CompletableFuture<RateLimitDecision> decision =
                    decide(checks.get(i)).toCompletableFuture();
            if (!decision.isDone()) {
                List<RateLimitCheck> rest = checks.subList(i + 1, checks.size());
                return decision.thenCompose(d -> {
                            decisions.add(d);
                            RateLimitVerdict sofar = new RateLimitVerdict(decisions);
                            return d.refuses() || rest.isEmpty()
                                    ? CompletableFuture.completedFuture(sofar)
                                    : decideAll(rest).thenApply(sofar::and);
                        })
                        .minimalCompletionStage();
            }
            if (decision.isCompletedExceptionally()) {
                return decision.thenApply(d -> RateLimitVerdict.NONE).minimalCompletionStage();
            }
            decisions.add(decision.join());
            if (decision.join().refuses()) {
                break;
            }
        }
        return CompletableFuture.completedStage(new RateLimitVerdict(decisions));
    }
}
