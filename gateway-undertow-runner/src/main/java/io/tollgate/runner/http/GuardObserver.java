package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import org.jspecify.annotations.Nullable;

/** Hands on what the guard does to an observer of requests. */
public final class GuardObserver implements GuardListener {
    private final RequestObserver observer;

    /** Hands on to {@code observer}. */
    public GuardObserver(RequestObserver observer) {
        this.observer = requireNonNull(observer, "observer");
    }

    @Override
    public void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {
        observer.authenticated((Request) head, error);
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        observer.decided((Request) head, decisions, nanos);
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        Request request = (Request) head;
        if (charged) {
            request.charged(reservation.policy());
        }
        observer.settled(request, reservation, charged);
    }
}
