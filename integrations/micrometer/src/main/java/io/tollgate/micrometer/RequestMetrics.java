package io.tollgate.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Measures the requests of a server, by route, method, status and error, and what its guard does, as {@link GuardMetrics}
 * does. For a server that reports its requests to a {@link RequestListener}; the same object is the listener of its guard.
 *
 * <p>Codes that are known at run time only are one label, {@code other}, and so are routes beyond the first thousand, since a
 * server may take paths for routes. Finds its meters without allocating. Thread-safe. A registry has one: of two, the requests
 * in flight of the second would not be counted.
 */
public final class RequestMetrics implements RequestListener {
    static final int MAX_ROUTES = 1_000;

    private static final String NO_ROUTE = "none";

    private final GuardMetrics guard;
    private final ByLabel<RouteMeters> routes;
    private final LongAdder active = new LongAdder();
    private final Counter unreadable;

    /** Measures in {@code registry}. */
    public RequestMetrics(MeterRegistry registry) {
        this.guard = new GuardMetrics(registry);
        this.routes = new ByLabel<>(MAX_ROUTES, route -> new RouteMeters(registry, route));
        this.unreadable = Counter.builder("tollgate.unreadable.requests")
                .description("Requests refused before they were any: not HTTP, or a head too large")
                .register(registry);
        Gauge.builder("http.server.active_requests", active, LongAdder::sum)
                .description("Requests that are being answered")
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void started(HttpRequestHead head) {
        active.increment();
    }

    @Override
    public void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {
        guard.authenticated(head, error);
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        guard.decided(head, decisions, nanos);
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        guard.settled(head, reservation, charged);
    }

    @Override
    public void finished(RequestSummary request) {
        active.decrement();
        ErrorCode error = request.error();
        routes.get(request.route().orElse(NO_ROUTE))
                .timer(request.head().methodLabel(), request.response().status(), error == null ? "" : error.label())
                .record(request.nanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void unreadable(int status) {
        unreadable.increment();
    }
}
