package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import org.jspecify.annotations.Nullable;

/** Notes on the request what the guard charged, and hands on what it does to a listener. */
public final class GuardObserver implements GuardListener {
    private final RequestListener listener;

    /** Hands on to {@code listener}. */
    public GuardObserver(RequestListener listener) {
        this.listener = requireNonNull(listener, "listener");
    }

    @Override
    public void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {
        listener.authenticated(head, error);
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        listener.decided(head, decisions, nanos);
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        if (charged) {
            ((Request) head).log().charged(reservation.policy());
        }
        listener.settled(head, reservation, charged);
    }
}
