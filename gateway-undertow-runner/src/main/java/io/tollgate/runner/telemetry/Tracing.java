package io.tollgate.runner.telemetry;

import static java.util.Objects.requireNonNull;

import io.grpc.ClientInterceptor;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.GatewayConfig.IncomingTrace;
import io.tollgate.runner.config.Version;
import io.tollgate.runner.http.Filter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Traces requests with OpenTelemetry: a span for the request, one for each visit to the limiter, one for each call of a
 * service, whose place in the trace travels to the service. Owns the exporter, which sends in the background and drops
 * what it cannot send. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
    /** How long closing waits for spans to be sent. */
    private static final int FLUSH_SECONDS = 5;

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final IncomingTrace incoming;

    Tracing(OpenTelemetrySdk sdk, IncomingTrace incoming) {
        this.provider = sdk.getSdkTracerProvider();
        this.tracer = provider.tracerBuilder("io.tollgate")
                .setInstrumentationVersion(Version.current())
                .build();
        this.incoming = requireNonNull(incoming, "incoming");
    }

    /**
     * What the {@code OTEL_*} variables in {@code config} ask for; empty where they ask for nothing.
     *
     * @throws IllegalArgumentException if one of them is wrong, with its name
     */
    public static Optional<Tracing> of(GatewayConfig config) {
        return OpenTelemetryVariables.of(config)
                .sdk()
                .map(sdk -> new Tracing(sdk, config.tracing().incoming()));
    }

    /** Stands around all that is to be part of a request's span. */
    public Filter requests() {
        return new RequestSpans(tracer, incoming);
    }

    /** Sees what the limiter decides. */
    public RequestListener decisions() {
        return new DecisionSpans(tracer);
    }

    /** Sees calls to the service at this address. */
    public ClientInterceptor calls(String host, int port) {
        return new CallSpans(tracer, host, port);
    }

    /** Sends what is waiting, for at most 5 s, and traces no more. */
    @Override
    public void close() {
        provider.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
    }
}
