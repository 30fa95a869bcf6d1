package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Records the spans of {@link RequestSpans} and {@link GuardSpans} for a server that reports its requests to a
 * {@link RequestListener}; the same object is the listener of its guard. Calls find their parent by {@link #context}:
 *
 * <pre>{@code
 * TracingListener tracing = new TracingListener(
 *         openTelemetry, RequestSpans.builder(openTelemetry).build());
 * ...
 * CallContext context =
 *         TraceContext.propagate(head, TraceContexts.of(tracing.context(head)), CallContext.of(requestId));
 * }</pre>
 *
 * <p>Finds a span by the object that is the head, from {@link #started} to {@link #finished}, each of which must be called once
 * for each request. Thread-safe.
 */
public final class TracingListener implements RequestListener {
    private final RequestSpans requests;
    private final GuardSpans guard;
    private final ConcurrentMap<Key, RequestSpan> inFlight = new ConcurrentHashMap<>();

    /** Records the spans of {@code requests}, and in {@code openTelemetry} those of the guard. */
    public TracingListener(OpenTelemetry openTelemetry, RequestSpans requests) {
        this.requests = requireNonNull(requests, "requests");
        this.guard = new GuardSpans(openTelemetry, this::context);
    }

    /** Returns the context with the span of a request in flight; the current one if it is not in flight. */
    public Context context(HttpRequestHead head) {
        RequestSpan span = inFlight.get(new Key(head));
        return span == null ? Context.current() : span.context();
    }

    @Override
    public void started(HttpRequestHead head) {
        inFlight.put(new Key(head), requests.start(head));
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        guard.decided(head, decisions, nanos);
    }

    @Override
    public void finished(RequestSummary request) {
        RequestSpan span = inFlight.remove(new Key(request.head()));
        if (span != null) {
            span.end(request);
        }
    }

    /** A head as the object that it is: two requests may have equal ones. */
    private static final class Key {
        private final HttpRequestHead head;

        Key(HttpRequestHead head) {
            this.head = head;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.head == head;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(head);
        }
    }
}
