package io.tollgate.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingSdkTest {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

    @Test
    void startsWithAnEndpointAndNotWithoutOne() {
        assertThat(TracingSdk.start("shop", "1", Map.of("OTEL_TRACES_SAMPLER", "always_on")))
                .isEmpty();
        assertThat(TracingSdk.start("shop", "1", Map.of(ENDPOINT, "http://localhost:1", "OTEL_SDK_DISABLED", "true")))
                .isEmpty();
        try (OpenTelemetrySdk sdk = TracingSdk.start("shop", "1", Map.of(ENDPOINT, "http://localhost:1"))
                .orElseThrow()) {
            assertThat(sdk.getSdkTracerProvider().toString())
                    .contains("service.name=\"shop\"", "service.version=\"1\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "htp://user:marked@host",
                "http://user:marked host",
                "http://u:mar/ked@marked@ho st",
                "a@:marked@"
            })
    void thePasswordOfAnEndpointIsNotReported(String url) {
        assertThat(report(Map.of(ENDPOINT, url.replace("marked host", "marked@ host"))))
                .contains(ENDPOINT + ": \"<redacted>@")
                .doesNotContain("marked", "ked@");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "OTEL_EXPORTER_OTLP_TIMEOUT",
                "OTEL_EXPORTER_OTLP_CERTIFICATE",
                "OTEL_EXPORTER_OTLP_COMPRESSION",
                "OTEL_TRACES_EXPORTER",
                "OTEL_TRACES_SAMPLER",
                "OTEL_BSP_SCHEDULE_DELAY",
                "OTEL_PROPAGATORS"
            })
    void aCredentialInAVariableThatIsWrongIsNotReported(String name) {
        for (String value : List.of(
                "x://user:marked@host",
                "x://:marked",
                "x://host/?token=marked",
                "http://host/?marked",
                "a b:marked@c")) {
            Map<String, String> variables = new HashMap<>(Map.of(ENDPOINT, "http://localhost:1"));
            variables.put(name, value);

            assertThat(report(variables)).contains(name).doesNotContain("marked");
        }
    }

    @Test
    void everyVariableThatIsWrongIsReported() {
        assertThat(report(Map.of(ENDPOINT, "localhost", "OTEL_TRACES_SAMPLER", "all", "OTEL_TRACES_EXPORTER", "otpl")))
                .contains(
                        "OTEL_EXPORTER_OTLP_ENDPOINT: \"localhost\" (expected: a URL",
                        "; OTEL_TRACES_EXPORTER: \"otpl\" (expected: otlp, none); OTEL_TRACES_SAMPLER: \"all\" (");
    }

    @ParameterizedTest
    @ValueSource(strings = {"marked", " marked ", "a=b,marked", "marked=\"=,,=;"})
    void headersAreNotReportedNorIsTheirCause(String headers) {
        assertThat(report(Map.of(ENDPOINT, "http://localhost:1", "OTEL_EXPORTER_OTLP_HEADERS", headers)))
                .contains("OTEL_EXPORTER_OTLP_HEADERS")
                .doesNotContain("marked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OTEL_PROPAGATORS",
                "OTEL_TRACES_SAMPLER",
                "OTEL_BSP_SCHEDULE_DELAY",
                "OTEL_EXPORTER_OTLP_TIMEOUT"
            })
    void aHugeValueMakesAShortReport(String name) {
        assertThat(report(Map.of(ENDPOINT, "http://localhost:1", name, "otel" + ".a".repeat(60_000))))
                .contains(name)
                .hasSizeLessThan(100_000)
                .satisfies(report ->
                        assertThat(report.lines().findFirst().orElseThrow()).hasSizeLessThan(800));
    }

    /** Returns the exception as a log would show it, with its causes. */
    private static String report(Map<String, String> variables) {
        IllegalArgumentException failure = catchThrowableOfType(
                IllegalArgumentException.class, () -> TracingSdk.start("shop", "1", new HashMap<>(variables)));
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
