package io.tollgate.runner.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.TraceContext;
import io.tollgate.runner.config.GatewayConfig.IncomingTrace;
import io.tollgate.runner.http.Endpoint;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.http.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A span for each request, by the conventions for HTTP servers. Of the path only the route's template is told, since what
 * a client writes there may be anything.
 */
final class RequestSpans implements Filter {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("tollgate.request.id");

    private final Tracer tracer;
    private final IncomingTrace incoming;

    RequestSpans(Tracer tracer, IncomingTrace incoming) {
        this.tracer = tracer;
        this.incoming = incoming;
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        Span span = start(request);
        request.trace(SpanContexts.headers(span));
        CompletableFuture<HttpResponse> answer;
        try {
            answer = next.handle(request).toCompletableFuture();
        } catch (RuntimeException e) {
            span.setStatus(StatusCode.ERROR).end();
            throw e;
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            end(span, request, answer.join());
            return answer;
        }
        return answer.whenComplete((response, failure) -> {
            if (failure == null) {
                end(span, request, response);
            } else {
                span.setStatus(StatusCode.ERROR).end();
            }
        });
    }

    private Span start(Request request) {
        String method = Methods.known(request.method());
        SpanBuilder builder = tracer.spanBuilder(name(method))
                .setParent(Context.root())
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, method);
        TraceContext given = request.trace();
        if (given != null) {
            SpanContext above = SpanContexts.remote(given);
            if (incoming == IncomingTrace.CONTINUE) {
                builder.setParent(SpanContexts.parent(above));
            } else {
                builder.addLink(above);
            }
        }
        return builder.startSpan();
    }

    private static void end(Span span, Request request, HttpResponse response) {
        if (span.isRecording()) {
            String method = Methods.known(request.method());
            request.route().ifPresent(route -> {
                span.updateName(name(method) + " " + route);
                span.setAttribute(ROUTE, route);
            });
            span.setAttribute(STATUS, (long) response.status());
            span.setAttribute(SCHEME, "http");
            span.setAttribute(CLIENT, request.clientAddress().getHostAddress());
            span.setAttribute(REQUEST_ID, request.id());
            ErrorCode error = request.error();
            if (error != null) {
                span.setAttribute(ERROR, error.name());
            }
            if (response.status() >= 500) {
                span.setStatus(StatusCode.ERROR);
            }
        }
        span.end();
    }

    /** A span is named HTTP where its method is not known. */
    private static String name(String method) {
        return method.equals(Methods.OTHER) ? "HTTP" : method;
    }
}
