package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens to the requests of a server, for metrics, traces and logs: what the {@link RequestGuard} does, and
 * when a request begins and has its response, which only the server knows. Called on the thread of the event, by many
 * threads at once; must neither block nor throw.
 */
public interface RequestListener extends GuardListener {
    /** Called when the head of a request has arrived. */
    default void started(HttpRequestHead head) {}

    /** Called when the response is known, once for each request that started. */
    default void finished(RequestSummary request) {}

    /**
     * Called when bytes arrived that are no HTTP request, or one with a head that is too large. It never starts.
     *
     * @param status of the response
     */
    default void unreadable(int status) {}

    /** Returns a listener that calls {@code listeners} in their order. */
    static RequestListener all(List<? extends RequestListener> listeners) {
        RequestListener[] each = listeners.toArray(RequestListener[]::new);
        if (each.length == 1) {
            return each[0];
        }
        return new RequestListener() {
            @Override
            public void started(HttpRequestHead head) {
                for (RequestListener listener : each) {
                    listener.started(head);
                }
            }

            @Override
            public void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {
                for (RequestListener listener : each) {
                    listener.authenticated(head, error);
                }
            }

            @Override
            public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
                for (RequestListener listener : each) {
                    listener.decided(head, decisions, nanos);
                }
            }

            @Override
            public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
                for (RequestListener listener : each) {
                    listener.settled(head, reservation, charged);
                }
            }

            @Override
            public void finished(RequestSummary request) {
                for (RequestListener listener : each) {
                    listener.finished(request);
                }
            }

            @Override
            public void unreadable(int status) {
                for (RequestListener listener : each) {
                    listener.unreadable(status);
                }
            }
        };
    }
}
