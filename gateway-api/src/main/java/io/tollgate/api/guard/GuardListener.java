package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a {@link RequestGuard}, for metrics, traces and logs. Called on the thread of the event, by
 * many threads at once; must neither block nor throw.
 *
 * <pre>{@code
 * GuardListener rejections = new GuardListener() {
 *     public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
 *         decisions.rejection().ifPresent(rejection -> counter(rejection.policy()).increment());
 *     }
 * };
 * }</pre>
 */
public interface GuardListener {
    /**
     * Called when the token of a request to a route that reads tokens was checked.
     *
     * @param error the reason why there is no valid token; null if there is one
     */
    default void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {}

    /**
     * Called when the policies of one phase were decided.
     *
     * @param nanos the time that the limiter took, in nanoseconds
     */
    default void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {}

    /**
     * Called when a reservation is settled, once for each.
     *
     * @param charged true if the tokens are kept, false if they are refunded
     */
    default void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {}
}
