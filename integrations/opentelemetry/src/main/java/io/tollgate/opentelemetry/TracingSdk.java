package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.tollgate.api.Redaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
import java.util.stream.Stream;

/**
 * Starts OpenTelemetry's SDK as its variables say ({@code OTEL_EXPORTER_OTLP_ENDPOINT}, {@code OTEL_TRACES_SAMPLER} and so on),
 * for traces alone. Mistakes are reported by the name of the variable, without secrets.
 *
 * <p>Needs {@code opentelemetry-sdk-extension-autoconfigure}, and {@code opentelemetry-exporter-otlp} to export.
 */
@SuppressWarnings("exports") // The module of the SDK is required by whoever has it started here.
public final class TracingSdk {
    private static final Logger log = System.getLogger("io.tollgate.opentelemetry");

    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    private static final List<String> OTHER_SIGNALS = List.of("OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER");
    private static final List<String> PROTOCOLS = List.of("http/protobuf", "grpc");

    /** The choices there are; OpenTelemetry itself would name the library to add to the class path. */
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

    private static final Pattern PROPERTY = Pattern.compile("\\botel\\.[a-z0-9_.]*[a-z0-9_]");
    /** A variable may have 128 KiB. */
    private static final int MAX_SHOWN = 500;

    private static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");

    private final Map<String, String> variables;
    private final String service;
    private final String version;

    private TracingSdk(String service, String version, Map<String, String> variables) {
        this.service = requireNonNull(service, "service");
        this.version = requireNonNull(version, "version");
        Map<String, String> relevant = new HashMap<>();
        variables.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                relevant.put(name, value);
            }
        });
        this.variables = Map.copyOf(relevant);
    }

    /**
     * Starts the SDK.
     *
     * @param service the name of the service, unless a variable names another
     * @param version the version of the service, unless a variable names another
     * @param variables such as those of {@link System#getenv()}
     * @return the SDK, to be closed by the caller; empty if the variables name neither an exporter nor an endpoint, or disable it
     * @throws IllegalArgumentException if one of the variables is wrong, with its name
     */
    public static Optional<OpenTelemetrySdk> start(String service, String version, Map<String, String> variables) {
        return new TracingSdk(service, version, variables).start();
    }

    private Optional<OpenTelemetrySdk> start() {
        if (!wanted()) {
            return Optional.empty();
        }
        List<String> problems = Stream.concat(
                        ENDPOINTS.stream().flatMap(this::notAUrl),
                        CHOICES.entrySet().stream().flatMap(choice -> notOneOf(choice.getKey(), choice.getValue())))
                .sorted()
                .toList();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        for (String signal : OTHER_SIGNALS) {
            if (!value(signal).isEmpty() && !value(signal).equals("none")) {
                log.log(Level.WARNING, "{0} is not used: of OpenTelemetry's signals traces alone are sent", signal);
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
            // Without the cause, whose message may quote a header, which often is a password.
            throw new IllegalArgumentException(message(e));
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
            properties.put("otel.service.name", service);
        }
        variables.forEach(
                (name, value) -> properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        return properties;
    }

    private Resource resource(Resource configured, ConfigProperties properties) {
        return configured.getAttribute(SERVICE_VERSION) != null
                ? configured
                : configured.toBuilder().put(SERVICE_VERSION, version).build();
    }

    private Stream<String> notAUrl(String name) {
        String value = value(name);
        return value.isEmpty() || isHttpUrl(value)
                ? Stream.empty()
                : Stream.of(name + ": \"" + shown(Redaction.ofValue(value))
                        + "\" (expected: a URL without query such as http://localhost:4318)");
    }

    private Stream<String> notOneOf(String name, List<String> choices) {
        String value = value(name).strip();
        return value.isEmpty() || choices.contains(value)
                ? Stream.empty()
                : Stream.of(name + ": \"" + shown(Redaction.ofValue(value)) + "\" (expected: "
                        + String.join(", ", choices) + ")");
    }

    private static boolean isHttpUrl(String value) {
        try {
            URI uri = new URI(value);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Returns the message of OpenTelemetry with the names of variables for those of its properties, without secrets. */
    private String message(RuntimeException e) {
        String said = PROPERTY.matcher(String.valueOf(e.getMessage())).replaceAll(TracingSdk::variable);
        for (Map.Entry<String, String> entry : variables.entrySet()) {
            String value = entry.getValue().strip();
            for (String part : value.split("[?#]|(?<=://)|@", -1)) {
                // OpenTelemetry may quote a part of a URL alone, such as its query.
                said = part.length() < 3 || Redaction.ofValue(value).contains(part)
                        ? said
                        : said.replace(part, Redaction.REDACTED);
            }
            said = said.replace(
                    value, entry.getKey().contains("HEADERS") ? Redaction.REDACTED : Redaction.ofValue(value));
        }
        String named = shown(Redaction.ofText(said));
        return variables.keySet().stream().anyMatch(named::contains)
                ? named
                : variables.keySet().stream().sorted().collect(Collectors.joining(", ", "one of ", ": ")) + named;
    }

    private static String shown(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }

    private static String variable(MatchResult property) {
        return property.group().toUpperCase(Locale.ROOT).replace('.', '_');
    }

    private String value(String name) {
        return variables.getOrDefault(name, "");
    }
}
