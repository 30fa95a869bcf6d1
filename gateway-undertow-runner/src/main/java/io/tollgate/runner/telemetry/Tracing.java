package io.tollgate.runner.telemetry;

import io.grpc.ClientInterceptor;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.TraceContext;
import io.tollgate.opentelemetry.CallSpans;
import io.tollgate.opentelemetry.GuardSpans;
import io.tollgate.opentelemetry.RequestSpan;
import io.tollgate.opentelemetry.RequestSpans;
import io.tollgate.opentelemetry.TraceContexts;
import io.tollgate.opentelemetry.TracingSdk;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.GatewayConfig.IncomingTrace;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.http.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Traces requests with OpenTelemetry: a span for the request, one for each time that the limiter is asked, one for each call.
 * Owns the exporter, which sends in the background and drops what it cannot send. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
    private static final int FLUSH_SECONDS = 5;

    private final OpenTelemetrySdk sdk;
    private final RequestSpans spans;

    private Tracing(OpenTelemetrySdk sdk, IncomingTrace incoming) {
        this.sdk = sdk;
        this.spans = RequestSpans.builder(sdk)
                .restart(incoming == IncomingTrace.RESTART)
                .build();
    }

    /**
     * Starts what the {@code OTEL_*} variables in {@code config} describe; empty if they turn traces off.
     *
     * @throws IllegalArgumentException if one of them is wrong, with its name
     */
    public static Optional<Tracing> of(GatewayConfig config) {
        Map<String, String> variables = new HashMap<>();
        config.tracing().variables().forEach((name, value) -> variables.put(name, value.value()));
        return TracingSdk.start(config.app().name(), config.app().version(), variables)
                .map(sdk -> new Tracing(sdk, config.tracing().incoming()));
    }

    /** Returns the filter around all that is to be part of a request's span. */
    public Filter requests() {
        return (request, next) -> {
            RequestSpan span = spans.start(request);
            Request traced = span.trace().map(request::withTrace).orElse(request);
            return next.handle(traced).whenComplete((response, failure) -> {
                if (failure == null) {
                    span.end(traced.log());
                } else {
                    span.fail();
                }
            });
        };
    }

    /** Returns a listener that records the decisions of the limiter. */
    public RequestListener decisions() {
        return new GuardSpans(sdk, Tracing::parent);
    }

    /** Returns an interceptor that records the calls of one upstream. */
    public ClientInterceptor calls(String host, int port) {
        return new CallSpans(sdk, host, port);
    }

    /** Sends the spans that wait, for at most 5 s, and records no more. */
    @Override
    public void close() {
        sdk.getSdkTracerProvider().shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
    }

    /** The context of a request's span; most are not sampled, and need none. */
    private static Context parent(HttpRequestHead head) {
        TraceContext trace = ((Request) head).trace();
        return trace == null || !trace.sampled() ? Context.root() : TraceContexts.toContext(trace);
    }
}
