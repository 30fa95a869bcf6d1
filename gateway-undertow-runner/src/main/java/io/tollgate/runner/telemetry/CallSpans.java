package io.tollgate.runner.telemetry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tollgate.api.http.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * A span for each call, by the conventions for RPC clients. The span above it is the one that the metadata names, and in
 * its place the service is told of this one.
 */
final class CallSpans implements ClientInterceptor {
    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACESTATE =
            Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER);
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> HOST = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final Tracer tracer;
    private final String host;
    private final long port;

    CallSpans(Tracer tracer, String host, int port) {
        this.tracer = tracer;
        this.host = host;
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
        TraceContext above = traceOf(headers);
        Span span = tracer.spanBuilder(method)
                .setParent(above == null ? Context.root() : SpanContexts.parent(above))
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(SYSTEM, "grpc")
                .setAttribute(METHOD, method)
                .setAttribute(HOST, host)
                .setAttribute(PORT, port)
                .startSpan();
        TraceContext told = SpanContexts.headers(span);
        headers.discardAll(TRACEPARENT);
        headers.put(TRACEPARENT, told.traceparent());
        headers.discardAll(TRACESTATE);
        if (!told.tracestate().isEmpty()) {
            headers.put(TRACESTATE, told.tracestate());
        }
        return span;
    }

    private static @Nullable TraceContext traceOf(Metadata headers) {
        String parent = headers.get(TRACEPARENT);
        String state = headers.get(TRACESTATE);
        return parent == null ? null : new TraceContext(parent, state == null ? "" : state);
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
