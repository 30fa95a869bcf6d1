package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.tollgate.api.http.TraceContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts between the contexts of OpenTelemetry and the {@link TraceContext} of the API, which calls propagate:
 *
 * <pre>{@code
 * CallContext context = TraceContext.propagate(head, TraceContexts.of(Context.current()), CallContext.of(requestId));
 * }</pre>
 */
public final class TraceContexts {
    static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private TraceContexts() {}

    /** Returns the place of the span of {@code context} in its trace; empty without a valid span. */
    public static Optional<TraceContext> of(Context context) {
        String[] headers = {"", ""};
        W3C.inject(context, headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier[name.equals("traceparent") ? 0 : 1] = value;
            }
        });
        return headers[0].isEmpty() ? Optional.empty() : Optional.of(new TraceContext(headers[0], headers[1]));
    }

    /** Returns a context with the span that {@code trace} names, a span of this process: the parent of another. */
    public static Context toContext(TraceContext trace) {
        return local(toRemoteContext(trace));
    }

    /** Returns a context with the span that {@code trace} names, a span of another process. */
    static Context toRemoteContext(TraceContext trace) {
        return W3C.extract(Context.root(), requireNonNull(trace, "trace"), Headers.INSTANCE);
    }

    /** Returns a context with the span of {@code remote} as a span of this process, which samplers tell apart. */
    static Context local(Context remote) {
        SpanContext span = Span.fromContext(remote).getSpanContext();
        return Context.root()
                .with(Span.wrap(SpanContext.create(
                        span.getTraceId(), span.getSpanId(), span.getTraceFlags(), span.getTraceState())));
    }

    private enum Headers implements TextMapGetter<TraceContext> {
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
