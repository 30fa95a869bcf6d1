package io.tollgate.runner.http;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is told what becomes of requests: for measures, and for those who watch. Called on I/O threads, several at once; must
 * neither block nor throw.
 */
public interface RequestObserver {
    /** A request arrived; nothing is known of it yet but its first line. */
    default void started(Request request) {}

    /**
     * A token was asked for, and looked at.
     *
     * @param refusal what was wrong with it; null where it is good
     */
    default void authenticated(Request request, @Nullable ErrorCode refusal) {}

    /**
     * The policies of one phase decided.
     *
     * @param nanos how long the limiter took
     */
    default void decided(Request request, RateLimitDecisions verdict, long nanos) {}

    /**
     * A reservation came to its end, once for each that was made.
     *
     * @param charged whether its tokens are kept; else they are refunded
     */
    default void settled(Request request, RateLimitDecision reservation, boolean charged) {}

    /** The answer is known, and what the filters learned of the request with it. Once for each that started. */
    default void finished(Request request, HttpResponse response) {}

    /** No request could be made of what arrived; it never started. */
    default void unreadable(int status) {}

    /** Tells all of {@code observers}, in their order. */
    static RequestObserver all(List<? extends RequestObserver> observers) {
        RequestObserver[] each = observers.toArray(RequestObserver[]::new);
        return each.length == 1
                ? each[0]
                : new RequestObserver() {
                    @Override
                    public void started(Request request) {
                        for (RequestObserver o : each) {
                            o.started(request);
                        }
                    }

                    @Override
                    public void authenticated(Request request, @Nullable ErrorCode refusal) {
                        for (RequestObserver o : each) {
                            o.authenticated(request, refusal);
                        }
                    }

                    @Override
                    public void decided(Request request, RateLimitDecisions verdict, long nanos) {
                        for (RequestObserver o : each) {
                            o.decided(request, verdict, nanos);
                        }
                    }

                    @Override
                    public void settled(Request request, RateLimitDecision reservation, boolean charged) {
                        for (RequestObserver o : each) {
                            o.settled(request, reservation, charged);
                        }
                    }

                    @Override
                    public void finished(Request request, HttpResponse response) {
                        for (RequestObserver o : each) {
                            o.finished(request, response);
                        }
                    }

                    @Override
                    public void unreadable(int status) {
                        for (RequestObserver o : each) {
                            o.unreadable(status);
                        }
                    }
                };
    }
}
