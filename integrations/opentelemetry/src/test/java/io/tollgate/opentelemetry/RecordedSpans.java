package io.tollgate.opentelemetry;

import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** OpenTelemetry's SDK, which keeps the spans that have ended. */
final class RecordedSpans implements AutoCloseable {
    private final List<SpanData> ended = new CopyOnWriteArrayList<>();
    private final OpenTelemetrySdk sdk;

    RecordedSpans() {
        this(Sampler.parentBased(Sampler.alwaysOn()));
    }

    RecordedSpans(Sampler sampler) {
        this.sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(new Exporter()))
                        .build())
                .setPropagators(ContextPropagators.create(TraceContexts.W3C))
                .build();
    }

    private final class Exporter implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    OpenTelemetrySdk sdk() {
        return sdk;
    }

    List<SpanData> all() {
        return List.copyOf(ended);
    }

    /** The only span of that name, once it has ended. */
    SpanData await(String name) {
        return Awaitility.await()
                .until(
                        () -> all().stream()
                                .filter(s -> s.getName().equals(name))
                                .toList(),
                        found -> found.size() == 1)
                .get(0);
    }

    @Override
    public void close() {
        sdk.close();
    }
}
