package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.TraceContext;

/**
 * Starts a span for each request, by the conventions for HTTP servers, for a server that nothing else traces:
 *
 * <pre>{@code
 * RequestSpan span = spans.start(head);
 * try (Scope scope = span.context().makeCurrent()) {
 *     HttpResponse response = guard.respond(span.head(), "/tickets/{id}", rule, requestId, this::tickets);
 *     span.end("/tickets/{id}", response.status());
 * }
 * }</pre>
 *
 * <p>A span continues the trace that the client names in {@code traceparent}. Of the path it has only the template of the
 * route, since a client may write anything there. Thread-safe.
 */
public final class RequestSpans {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

    private final Tracer tracer;
    private final boolean restart;
    private final String scheme;

    private RequestSpans(Builder builder) {
        this.tracer = builder.tracer;
        this.restart = builder.restart;
        this.scheme = builder.scheme;
    }

    /** Returns a builder of spans that {@code openTelemetry} records. */
    public static Builder builder(OpenTelemetry openTelemetry) {
        return new Builder(openTelemetry);
    }

    /** Starts the span of a request that has arrived. */
    public RequestSpan start(HttpRequestHead head) {
        String method = head.methodLabel();
        SpanBuilder builder = tracer.spanBuilder(RequestSpan.name(method))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, method);
        Context parent = Context.root();
        TraceContext named = TraceContext.of(head).orElse(null);
        if (named != null) {
            Context caller = TraceContexts.toRemoteContext(named);
            if (restart) {
                builder.addLink(Span.fromContext(caller).getSpanContext());
            } else {
                parent = caller;
            }
        }
        return new RequestSpan(
                head, method, scheme, parent, builder.setParent(parent).startSpan());
    }

    /** Builds {@link RequestSpans}. Not thread-safe. */
    public static final class Builder {
        private final Tracer tracer;
        private boolean restart;
        private String scheme = "http";

        private Builder(OpenTelemetry openTelemetry) {
            this.tracer = Instrumentation.tracer(requireNonNull(openTelemetry, "openTelemetry"));
        }

        /**
         * Sets whether each request starts a trace of its own, with a link to the one that the client names, for clients that
         * are not trusted to choose what is sampled; off by default.
         */
        public Builder restart(boolean on) {
            this.restart = on;
            return this;
        }

        /** Sets the scheme of the server's URLs, the attribute {@code url.scheme}; {@code http} by default. */
        public Builder scheme(String name) {
            this.scheme = requireNonNull(name, "name");
            return this;
        }

        /** Returns the spans. */
        public RequestSpans build() {
            return new RequestSpans(this);
        }
    }
}
