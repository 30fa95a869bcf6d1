package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/**
 * Records a span for each gRPC call, by the conventions for RPC clients; the retries of a call are part of it:
 *
 * <pre>{@code
 * Upstream orders = Upstream.builder("order-service", host, port)
 *         .intercept(new CallSpans(openTelemetry, host, port))
 *         .build();
 * }</pre>
 *
 * <p>The parent is the span that the {@code traceparent} of the call names, which a
 * {@link io.tollgate.api.CallContext} propagates, or else the current one. The service receives this span in its place. Records
 * the calls of any other gRPC channel as well. Thread-safe.
 */
@SuppressWarnings("exports") // The module of gRPC is required by whoever makes calls.
public final class CallSpans implements ClientInterceptor {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> HOST = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final Tracer tracer;
    private final String host;
    private final long port;

    /**
     * Records in {@code openTelemetry}.
     *
     * @param host the host that the calls go to
     * @param port the port that the calls go to
     */
    public CallSpans(OpenTelemetry openTelemetry, String host, int port) {
        this.tracer = Instrumentation.tracer(requireNonNull(openTelemetry, "openTelemetry"));
        this.host = requireNonNull(host, "host");
        this.port = port;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                Span span = span(method.getFullMethodName(), headers);
                try {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    end(span, status.getCode());
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                } catch (RuntimeException e) {
                    span.setStatus(StatusCode.ERROR).end();
                    throw e;
                }
            }
        };
    }

    private Span span(String method, Metadata headers) {
        Context named = TraceContexts.W3C.extract(Context.root(), headers, TraceMetadata.INSTANCE);
        Context parent =
                Span.fromContext(named).getSpanContext().isValid() ? TraceContexts.local(named) : Context.current();
        Span span = tracer.spanBuilder(method)
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(SYSTEM, "grpc")
                .setAttribute(METHOD, method)
                .setAttribute(HOST, host)
                .setAttribute(PORT, port)
                .startSpan();
        TraceMetadata.replace(headers, Context.root().with(span));
        return span;
    }

    private static void end(Span span, Status.Code code) {
        span.setAttribute(STATUS, code.name());
        if (code != Status.Code.OK) {
            span.setAttribute(ERROR, code.name());
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
