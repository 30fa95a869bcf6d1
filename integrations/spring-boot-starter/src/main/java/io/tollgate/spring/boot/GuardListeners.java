package io.tollgate.spring.boot;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes events to listeners, in their order. */
record GuardListeners(List<GuardListener> listeners) implements GuardListener {
    @Override
    public void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {
        listeners.forEach(listener -> listener.authenticated(head, error));
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        listeners.forEach(listener -> listener.decided(head, decisions, nanos));
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        listeners.forEach(listener -> listener.settled(head, reservation, charged));
    }
}
