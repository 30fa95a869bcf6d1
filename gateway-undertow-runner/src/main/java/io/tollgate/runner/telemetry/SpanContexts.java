package io.tollgate.runner.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.tollgate.api.http.TraceContext;
import org.jspecify.annotations.Nullable;

/** Between the headers of W3C Trace Context and what OpenTelemetry has of them. Never through a thread. */
final class SpanContexts {
    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private SpanContexts() {}

    /** The span that another process started; invalid where {@code trace} makes no sense. */
    static SpanContext remote(TraceContext trace) {
        return Span.fromContext(W3C.extract(Context.root(), trace, HeadersOfTrace.INSTANCE))
                .getSpanContext();
    }

    /** A span of this process, as the parent of another. */
    static Context parent(TraceContext trace) {
        SpanContext span = remote(trace);
        return parent(
                SpanContext.create(span.getTraceId(), span.getSpanId(), span.getTraceFlags(), span.getTraceState()));
    }

    static Context parent(SpanContext span) {
        return Context.root().with(Span.wrap(span));
    }

    /** The headers that tell of {@code span}. */
    static TraceContext headers(Span span) {
        String[] headers = {"", ""};
        W3C.inject(Context.root().with(span), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier[name.equals("traceparent") ? 0 : 1] = value;
            }
        });
        return new TraceContext(headers[0], headers[1]);
    }

    private enum HeadersOfTrace implements TextMapGetter<TraceContext> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable TraceContext trace, String name) {
            if (trace == null) {
                return null;
            }
            return name.equals("traceparent") ? trace.traceparent() : trace.tracestate();
        }
    }
}
