package io.tollgate.runner.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.tollgate.config.Secret;
import io.tollgate.runner.config.GatewayConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables that OpenTelemetry's SDK is configured by. Spans are the only signal: metrics are for Prometheus to
 * scrape, and logs go to standard output.
 */
final class OpenTelemetryVariables {
    private static final Logger log = LoggerFactory.getLogger(Tracing.class);

    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    private static final List<String> OTHER_SIGNALS = List.of("OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER");
    private static final List<String> PROTOCOLS = List.of("http/protobuf", "grpc");

    /** What there is to choose from here; OpenTelemetry itself would say which library to add to the class path. */
    private static final Map<String, List<String>> CHOICES = Map.of(
            EXPORTER,
            List.of("otlp", "none"),
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            PROTOCOLS,
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            PROTOCOLS,
            "OTEL_TRACES_SAMPLER",
            List.of(
                    "always_on",
                    "always_off",
                    "traceidratio",
                    "parentbased_always_on",
                    "parentbased_always_off",
                    "parentbased_traceidratio"));

    private static final Pattern PROPERTY = Pattern.compile("\\botel(\\.[a-z0-9_]+)+");
    private static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");

    private final Map<String, Secret> variables;
    private final GatewayConfig.App app;

    private OpenTelemetryVariables(GatewayConfig config) {
        this.variables = config.tracing().variables();
        this.app = config.app();
    }

    static OpenTelemetryVariables of(GatewayConfig config) {
        return new OpenTelemetryVariables(config);
    }

    /**
     * The SDK, if anything is to be traced.
     *
     * @throws IllegalArgumentException that names the variable at fault
     */
    Optional<OpenTelemetrySdk> sdk() {
        if (!wanted()) {
            return Optional.empty();
        }
        ENDPOINTS.forEach(this::requireUrl);
        CHOICES.forEach(this::requireOneOf);
        for (String signal : OTHER_SIGNALS) {
            if (!value(signal).isEmpty() && !value(signal).equals("none")) {
                log.warn("{} is not used: of OpenTelemetry's signals the gateway sends traces alone", signal);
            }
        }
        try {
            return Optional.of(AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesCustomizer(this::properties)
                    .addResourceCustomizer(this::resource)
                    .build()
                    .getOpenTelemetrySdk());
        } catch (ConfigurationException | IllegalArgumentException e) {
            throw new IllegalArgumentException(message(e), e);
        }
    }

    private boolean wanted() {
        if (Boolean.parseBoolean(value("OTEL_SDK_DISABLED").strip())
                || value(EXPORTER).strip().equals("none")) {
            return false;
        }
        return variables.containsKey(EXPORTER) || ENDPOINTS.stream().anyMatch(variables::containsKey);
    }

    private Map<String, String> properties(ConfigProperties ofTheProcess) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.traces.exporter", "otlp");
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        if (!value("OTEL_RESOURCE_ATTRIBUTES").contains("service.name=")) {
            properties.put("otel.service.name", app.name());
        }
        variables.forEach(
                (name, value) -> properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value.value()));
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        return properties;
    }

    private Resource resource(Resource configured, ConfigProperties properties) {
        return configured.getAttribute(SERVICE_VERSION) != null
                ? configured
                : configured.toBuilder().put(SERVICE_VERSION, app.version()).build();
    }

    private void requireUrl(String name) {
        String value = value(name);
        if (!value.isEmpty() && !isHttpUrl(value)) {
            throw new IllegalArgumentException(
                    name + ": \"" + value + "\" (expected: a URL such as http://localhost:4318)");
        }
    }

    private void requireOneOf(String name, List<String> choices) {
        String value = value(name).strip();
        if (!value.isEmpty() && !choices.contains(value)) {
            throw new IllegalArgumentException(
                    name + ": \"" + value + "\" (expected: " + String.join(", ", choices) + ")");
        }
    }

    private static boolean isHttpUrl(String value) {
        try {
            URI uri = new URI(value);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** What OpenTelemetry says, with the names of variables for those of its properties, and without their secrets. */
    private String message(RuntimeException e) {
        String said = PROPERTY.matcher(String.valueOf(e.getMessage())).replaceAll(OpenTelemetryVariables::variable);
        for (Map.Entry<String, Secret> entry : variables.entrySet()) {
            if (entry.getKey().contains("HEADERS")) {
                said = said.replace(entry.getValue().value(), "<redacted>");
            }
        }
        String named = said;
        return variables.keySet().stream().anyMatch(named::contains)
                ? said
                : variables.keySet().stream().sorted().collect(Collectors.joining(", ", "one of ", ": ")) + said;
    }

    private static String variable(MatchResult property) {
        return property.group().toUpperCase(Locale.ROOT).replace('.', '_');
    }

    private String value(String name) {
        Secret value = variables.get(name);
        return value == null ? "" : value.value();
    }
}
