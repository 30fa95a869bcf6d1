package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/**
 * Records a span for each time that a guard asks its limiter: which policies decided, and how. Never a bucket key.
 *
 * <pre>{@code
 * RequestGuard guard = RequestGuard.builder()
 *         .limiter(limiter, policies)
 *         .listener(new GuardSpans(openTelemetry))
 *         .build();
 * }</pre>
 *
 * <p>The parent is the span of the request. Without one that is sampled, nothing is recorded. By default it is the current
 * span of the thread that hears of the decision; with a limiter that decides on threads of its own, such as one in Redis, that
 * is not the request's, and the head must carry it: {@code guard.respond(GuardSpans.withContext(head, Context.current()), …)}.
 * Thread-safe.
 */
public final class GuardSpans implements RequestListener {
    private static final AttributeKey<List<String>> POLICIES =
            AttributeKey.stringArrayKey("tollgate.ratelimit.policies");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("tollgate.ratelimit.outcome");
    private static final AttributeKey<String> REFUSED_BY = AttributeKey.stringKey("tollgate.ratelimit.refused_by");
    private static final AttributeKey<List<String>> SHADOWS =
            AttributeKey.stringArrayKey("tollgate.ratelimit.shadow_refused_by");
    private static final AttributeKey<Boolean> FALLBACK = AttributeKey.booleanKey("tollgate.ratelimit.fallback");

    private final Tracer tracer;
    private final Function<? super HttpRequestHead, Context> parent;

    /** Records spans below the one of {@link #withContext}, or else below the current one. */
    public GuardSpans(OpenTelemetry openTelemetry) {
        this(openTelemetry, GuardSpans::contextOf);
    }

    /**
     * Records spans below the one of a request.
     *
     * @param parent returns the context of a request; must neither block nor throw
     */
    public GuardSpans(OpenTelemetry openTelemetry, Function<? super HttpRequestHead, Context> parent) {
        this.tracer = Instrumentation.tracer(requireNonNull(openTelemetry, "openTelemetry"));
        this.parent = requireNonNull(parent, "parent");
    }

    /** Returns {@code head} with the context of its request, which it carries to the thread of the limiter. */
    public static HttpRequestHead withContext(HttpRequestHead head, Context context) {
        return new HeadInContext(requireNonNull(head, "head"), requireNonNull(context, "context"));
    }

    private static Context contextOf(HttpRequestHead head) {
        return head instanceof HeadInContext carrier ? carrier.context() : Context.current();
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        Context request = parent.apply(head);
        if (!Span.fromContext(request).getSpanContext().isSampled()) {
            return;
        }
        Instant end = Instant.now();
        Span span = tracer.spanBuilder("ratelimit")
                .setParent(request)
                .setStartTimestamp(end.minusNanos(nanos))
                .startSpan();
        List<RateLimitDecision> all = decisions.decisions();
        span.setAttribute(POLICIES, all.stream().map(RateLimitDecision::policy).toList());
        span.setAttribute(OUTCOME, decisions.allowed() ? "allowed" : "refused");
        decisions.rejection().ifPresent(rejection -> span.setAttribute(REFUSED_BY, rejection.policy()));
        List<String> shadows = all.stream()
                .filter(d -> !d.allowed() && d.check().shadow() && !d.check().isReservation())
                .map(RateLimitDecision::policy)
                .toList();
        if (!shadows.isEmpty()) {
            span.setAttribute(SHADOWS, shadows);
        }
        span.setAttribute(FALLBACK, all.stream().anyMatch(RateLimitDecision::fallback));
        span.end(end);
    }
}
