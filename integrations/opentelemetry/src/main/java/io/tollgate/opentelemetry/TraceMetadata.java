package io.tollgate.opentelemetry;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/** The headers of W3C Trace Context in the metadata of a call. */
enum TraceMetadata implements TextMapGetter<Metadata>, TextMapSetter<Metadata> {
    INSTANCE;

    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACESTATE =
            Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER);

    /** Writes the span of {@code context} into {@code metadata}, in the place of an earlier one, unless it is invalid. */
    static void replace(Metadata metadata, Context context) {
        if (Span.fromContext(context).getSpanContext().isValid()) {
            metadata.discardAll(TRACEPARENT);
            metadata.discardAll(TRACESTATE);
            TraceContexts.W3C.inject(context, metadata, INSTANCE);
        }
    }

    @Override
    public @Nullable String get(@Nullable Metadata metadata, String name) {
        return metadata == null ? null : metadata.get(key(name));
    }

    @Override
    public void set(@Nullable Metadata metadata, String name, String value) {
        if (metadata != null) {
            metadata.put(key(name), value);
        }
    }

    private static Metadata.Key<String> key(String name) {
        return name.equals("traceparent") ? TRACEPARENT : TRACESTATE;
    }
}
