package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import org.jspecify.annotations.Nullable;

/**
 * Receives what a {@link RequestGuard} does, for metrics, traces and logs. Called on whichever thread it happens, by many
 * threads at once; must neither block nor throw.
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
     * A route that reads tokens looked for one.
     *
     * @param error why the token was not accepted; null if it was
     */
    default void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {}

    /**
     * The policies of one phase were decided.
     *
     * @param nanos the time that the limiter took
     */
    default void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {}

    /**
     * A reservation came to its end, once for each that was made.
     *
     * @param charged whether the tokens are kept; else they are refunded
     */
    default void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {}
}
