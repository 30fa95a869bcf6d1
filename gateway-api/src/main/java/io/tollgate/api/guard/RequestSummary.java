package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that has its response, as a {@link RequestListener} sees it. All methods are cheap. Those that have a default return
 * what is true without a guard and without ids.
 */
public interface RequestSummary {
    /**
     * Returns the summary of a request that a guard judged:
     *
     * <pre>{@code
     * listener.started(head);
     * Admission admission = guard.admit(head, "/hello", rule).toCompletableFuture().join();
     * HttpResponse response = respond(admission);
     * listener.finished(RequestSummary.of(head, requestId, "/hello", admission, response, System.nanoTime() - began));
     * }</pre>
     *
     * @param route the template of the route
     * @param nanos from the arrival of the head to the response
     */
    static RequestSummary of(
            HttpRequestHead head,
            String requestId,
            String route,
            Admission admission,
            HttpResponse response,
            long nanos) {
        return new JudgedRequest(head, requestId, Optional.of(route), admission, response, nanos);
    }

    /** Returns the head of the request. */
    HttpRequestHead head();

    /** Returns the id of the request; {@code -} without one. */
    default String requestId() {
        return "-";
    }

    /** Returns the template of the route that responded, such as {@code /tickets/{id}}; empty if none matched. */
    Optional<String> route();

    /** Returns the address of the client: of the peer, or the one that trusted proxies name. */
    default InetAddress clientAddress() {
        return head().peer();
    }

    /** Returns the user of the valid token that the request carried. */
    default Optional<Principal> principal() {
        return Optional.empty();
    }

    /** Returns the decisions of the limiter. */
    default RateLimitDecisions decisions() {
        return RateLimitDecisions.NONE;
    }

    /** Returns the decision that the response reports: the one that rejected the request, if one did. */
    default Optional<RateLimitDecision> reported() {
        return Optional.empty();
    }

    /** Returns the code of the error that the request failed with; null if it did not fail. */
    @Nullable
    ErrorCode error();

    /** Returns the response. */
    HttpResponse response();

    /** Returns the nanoseconds from the arrival of the head to the response. */
    long nanos();
}
