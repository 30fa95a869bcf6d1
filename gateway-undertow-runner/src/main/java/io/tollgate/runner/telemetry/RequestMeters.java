package io.tollgate.runner.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.runner.config.KnownErrors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Measures requests, the tokens they carry and what is decided of them. Finds its meters without allocating. */
final class RequestMeters implements RequestListener {
    private static final String NO_ROUTE = "none";

    private final MeterRegistry registry;
    private final boolean shared;
    private final ConcurrentMap<String, RouteMeters> routes = new ConcurrentHashMap<>();
    private final RouteMeters unmatched;
    private final LongAdder active = new LongAdder();
    private final Counter unreadable;
    private final PolicyMeters policies;
    private final Timer decisions;
    private final Map<ErrorCode, Counter> refusedTokens = new HashMap<>();
    private final Counter validTokens;

    RequestMeters(MeterRegistry registry, boolean shared) {
        this.registry = registry;
        this.shared = shared;
        this.unmatched = new RouteMeters(registry, NO_ROUTE);
        this.policies = new PolicyMeters(registry);
        this.decisions = Durations.shortTimer(
                registry,
                "tollgate.ratelimit.duration",
                "How long the limiter took for what one request asks of it at a time",
                Tags.empty());
        this.validTokens = tokens("valid");
        for (ErrorCode code : KnownErrors.ALL) {
            refusedTokens.put(code, tokens(outcome(code)));
        }
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
    public void authenticated(HttpRequestHead head, @Nullable ErrorCode refusal) {
        Counter refused = refusal == null ? validTokens : refusedTokens.get(refusal);
        if (refused != null) {
            refused.increment();
        }
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions verdict, long nanos) {
        decisions.record(nanos, TimeUnit.NANOSECONDS);
        List<RateLimitDecision> all = verdict.decisions();
        for (int i = 0; i < all.size(); i++) {
            policies.count(all.get(i), shared);
        }
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        policies.settled(reservation, charged, shared);
    }

    @Override
    public void finished(RequestSummary request) {
        active.decrement();
        String template = request.route().orElse(null);
        RouteMeters route = template == null ? unmatched : routes.get(template);
        if (route == null && template != null) {
            route = routes.computeIfAbsent(template, t -> new RouteMeters(registry, t));
        }
        if (route != null) {
            route.timer(request.head().method(), request.response().status(), request.error())
                    .record(request.nanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void unreadable(int status) {
        unreadable.increment();
    }

    private Counter tokens(String outcome) {
        return Counter.builder("tollgate.tokens.verified")
                .description("Tokens that were asked for, by what was found")
                .tag("outcome", outcome)
                .register(registry);
    }

    private static String outcome(ErrorCode refusal) {
        return refusal instanceof CommonError common
                ? switch (common) {
                    case TOKEN_EXPIRED -> "expired";
                    case INVALID_TOKEN -> "invalid";
                    case INVALID_TOKEN_FORMAT -> "malformed";
                    case MISSING_TOKEN -> "missing";
                    case SERVICE_UNAVAILABLE -> "unavailable";
                    default -> "error";
                }
                : "error";
    }
}
