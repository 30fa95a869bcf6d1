package io.tollgate.examples.services;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Traces of a service, sent where the standard {@code OTEL_*} variables say; without them there are none. */
final class Telemetry {
    private static final List<String> ASK_FOR_IT =
            List.of("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

    private Telemetry() {}

    /**
     * What the variables ask for.
     *
     * @throws IllegalArgumentException if one of them is wrong
     */
    static Optional<OpenTelemetrySdk> of(Map<String, String> environment, String service) {
        if (ASK_FOR_IT.stream()
                .allMatch(name -> environment.getOrDefault(name, "").isBlank())) {
            return Optional.empty();
        }
        Map<String, String> properties = new HashMap<>(Map.of(
                "otel.service.name", service,
                "otel.traces.exporter", "otlp",
                "otel.exporter.otlp.protocol", "http/protobuf"));
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        try {
            return Optional.of(AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesCustomizer(processes -> properties)
                    .build()
                    .getOpenTelemetrySdk());
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException("OTEL_*: " + e.getMessage(), e);
        }
    }
}
