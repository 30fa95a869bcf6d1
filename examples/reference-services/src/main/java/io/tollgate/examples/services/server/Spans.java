package io.tollgate.examples.services.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A span for each call, by the conventions for RPC servers, under the one that the caller's metadata names. */
final class Spans implements ServerInterceptor {
    /** Statuses that are the server's fault. */
    private static final Set<Status.Code> FAULTS = Set.of(
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNIMPLEMENTED,
            Status.Code.INTERNAL,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);

    private final OpenTelemetry telemetry;
    private final Tracer tracer;

    Spans(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer("io.tollgate.examples.services");
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Span span = tracer.spanBuilder(method)
                .setParent(telemetry
                        .getPropagators()
                        .getTextMapPropagator()
                        .extract(Context.root(), headers, InMetadata.INSTANCE))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("rpc.system.name", "grpc")
                .setAttribute("rpc.method", method)
                .startSpan();
        ServerCall<Q, A> traced = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                end(span, status.getCode());
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(traced, headers)) {
            @Override
            public void onCancel() {
                end(span, Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    /** Does nothing to a span that has ended. */
    private static void end(Span span, Status.Code code) {
        span.setAttribute("rpc.response.status_code", code.name());
        if (code != Status.Code.OK) {
            span.setAttribute("error.type", code.name());
        }
        if (FAULTS.contains(code)) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    private enum InMetadata implements TextMapGetter<Metadata> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable Metadata headers, String name) {
            return headers == null ? null : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }
}
