package io.tollgate.runner.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.TraceContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.runner.http.Request;
import java.time.Instant;
import java.util.List;

/** A span for each visit to the limiter: which policies decided and how. Never a key. */
final class DecisionSpans implements RequestListener {
    private static final AttributeKey<List<String>> POLICIES =
            AttributeKey.stringArrayKey("tollgate.ratelimit.policies");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("tollgate.ratelimit.outcome");
    private static final AttributeKey<String> REFUSED_BY = AttributeKey.stringKey("tollgate.ratelimit.refused_by");
    private static final AttributeKey<List<String>> SHADOWS =
            AttributeKey.stringArrayKey("tollgate.ratelimit.shadow_refused_by");
    private static final AttributeKey<Boolean> FALLBACK = AttributeKey.booleanKey("tollgate.ratelimit.fallback");

    private final Tracer tracer;

    DecisionSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions verdict, long nanos) {
        TraceContext trace = ((Request) head).trace();
        if (trace == null || !trace.sampled()) {
            return;
        }
        Instant end = Instant.now();
        Span span = tracer.spanBuilder("ratelimit")
                .setParent(SpanContexts.parent(trace))
                .setStartTimestamp(end.minusNanos(nanos))
                .startSpan();
        List<RateLimitDecision> decisions = verdict.decisions();
        span.setAttribute(
                POLICIES, decisions.stream().map(RateLimitDecision::policy).toList());
        span.setAttribute(OUTCOME, verdict.allowed() ? "allowed" : "refused");
        verdict.rejection().ifPresent(refusal -> span.setAttribute(REFUSED_BY, refusal.policy()));
        List<String> shadows = decisions.stream()
                .filter(d -> !d.allowed() && d.check().shadow() && !d.check().isReservation())
                .map(RateLimitDecision::policy)
                .toList();
        if (!shadows.isEmpty()) {
            span.setAttribute(SHADOWS, shadows);
        }
        span.setAttribute(FALLBACK, decisions.stream().anyMatch(RateLimitDecision::fallback));
        span.end(end);
    }
}
