package io.tollgate.runner.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.runner.config.GatewayConfig;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoggingTest {
    private static final String FORGED = "x\r\n12:00:00.000 INFO  Gateway  forged\u2028\u0085\u001b[2J\u202e";

    private final LoggerContext context = newContext();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LogCounts counts = new LogCounts();

    @Test
    void writesAJsonObjectPerLineInProduction() throws Exception {
        Instant before = Instant.now();
        try (Logging logging = start(Map.of("app.environment", "production", "app.name", "gate"))) {
            assertThat(logging).isNotNull();
            logger("io.tollgate.runner.http.Requests")
                    .atInfo()
                    .addKeyValue("method", "GET")
                    .addKeyValue("status", 200)
                    .addKeyValue("duration_ms", 1.25)
                    .addKeyValue("secure", false)
                    .addKeyValue("user", (Object) null)
                    .addKeyValue("message", "not the message")
                    .log("request {}", 7);
        }

        JsonNode line = new ObjectMapper().readTree(lines().get(0));

        assertThat(lines()).hasSize(1);
        assertThat(Instant.parse(line.get("timestamp").asText())).isBetween(before.minusMillis(1), Instant.now());
        assertThat(line.get("level").asText()).isEqualTo("INFO");
        assertThat(line.get("logger").asText()).isEqualTo("io.tollgate.runner.http.Requests");
        assertThat(line.get("service").asText()).isEqualTo("gate");
        assertThat(line.get("message").asText()).isEqualTo("request 7");
        assertThat(line.get("method").asText()).isEqualTo("GET");
        assertThat(line.get("status").isInt()).isTrue();
        assertThat(line.get("duration_ms").asDouble()).isEqualTo(1.25);
        assertThat(line.get("secure").isBoolean()).isTrue();
        assertThat(line.get("user").isNull()).isTrue();
        assertThat(line.get("message_").asText()).isEqualTo("not the message");
    }

    @Test
    void writesReadableLinesInDevelopment() {
        try (Logging logging = start(Map.of())) {
            assertThat(logging).isNotNull();
            logger("io.tollgate.runner.http.Requests")
                    .atInfo()
                    .addKeyValue("path", "/health")
                    .addKeyValue("agent", "a \"b\" c")
                    .addKeyValue("empty", "")
                    .log("request");
        }

        assertThat(lines())
                .singleElement()
                .asString()
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Requests  request  path=/health"
                        + " agent=\"a \\\\\"b\\\\\" c\" empty=\"\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "production"})
    void letsNobodyForgeALine(String environment) {
        try (Logging logging = start(Map.of("app.environment", environment))) {
            assertThat(logging).isNotNull();
            logger("io.tollgate.A").atInfo().addKeyValue("value", FORGED).log(FORGED);
        }

        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("\n").doesNotContain("\r", "\u001b");
        assertThat(lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "production"})
    void writesAnExceptionWithItsCauseSoThatItsTextIsNoLine(String environment) {
        try (Logging logging = start(Map.of("app.environment", environment))) {
            assertThat(logging).isNotNull();
            logger("io.tollgate.A")
                    .error("failed", new IllegalStateException(FORGED, new RuntimeException("the cause")));
        }

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("IllegalStateException", "Caused by: java.lang.RuntimeException: the cause")
                .doesNotContain("\n12:00:00.000", "\u001b", "\r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "production"})
    void keepsALineWithHalfASurrogatePair(String environment) {
        try (Logging logging = start(Map.of("app.environment", environment))) {
            assertThat(logging).isNotNull();
            logger("io.tollgate.A").atInfo().addKeyValue("value", "\ud800").log("half");
        }

        assertThat(lines()).singleElement().asString().contains("half");
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "production"})
    void shortensWhatIsTooLong(String environment) {
        try (Logging logging = start(Map.of("app.environment", environment))) {
            assertThat(logging).isNotNull();
            logger("io.tollgate.A")
                    .atInfo()
                    .addKeyValue("value", "v".repeat(100_000))
                    .log("m".repeat(100_000));
        }

        assertThat(out.size()).isBetween(16_384, 20_000);
    }

    @Test
    void logsDebugOfOurOwnInDevelopmentOnly() {
        try (Logging development = start(Map.of())) {
            assertThat(development).isNotNull();
            assertThat(logger("io.tollgate.A").isDebugEnabled()).isTrue();
            assertThat(logger("com.acme.A").isDebugEnabled()).isFalse();
            assertThat(logger("com.acme.A").isInfoEnabled()).isTrue();
            assertThat(logger("org.xnio").isInfoEnabled()).isFalse();
        }
        try (Logging production = start(Map.of("app.environment", "production"))) {
            assertThat(production).isNotNull();
            assertThat(logger("io.tollgate.A").isDebugEnabled()).isFalse();
            assertThat(logger("io.tollgate.A").isInfoEnabled()).isTrue();
        }
    }

    @Test
    void logsFromTheLevelThatIsSet() {
        try (Logging logging = start(Map.of("log.level", "error"))) {
            assertThat(logging).isNotNull();
            assertThat(logger("io.tollgate.A").isWarnEnabled()).isFalse();
            assertThat(logger("com.acme.A").isWarnEnabled()).isFalse();
            assertThat(logger("io.grpc").isWarnEnabled()).isFalse();
            assertThat(logger("io.grpc").isErrorEnabled()).isTrue();
        }
    }

    @Test
    void neverMakesWhoeverLogsWaitAndWritesWhatWasQueued() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    reading.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                out.write(bytes, offset, length);
            }
        };
        try (Logging logging = Logging.start(context, config(Map.of()), stuck, counts)) {
            assertThat(logging).isNotNull();
            for (int i = 0; i < 20_000; i++) {
                logger("io.tollgate.A").info("line {}", i);
            }
            reading.countDown();
        }

        assertThat(lines()).hasSizeBetween(8192, 20_000);
        assertThat(lines().get(0)).endsWith("line 0");
        assertThat(counts.dropped()).isPositive();
        assertThat(lines().size() - 1 + counts.dropped()).isEqualTo(20_000);
        assertThat(lines().get(lines().size() - 1)).contains("WARN", counts.dropped() + " log lines were dropped");
    }

    @Test
    void writesTheFirstOfManyLikeWarningsAndOneLineForTheRest() {
        try (Logging logging = start(Map.of())) {
            assertThat(logging).isNotNull();
            for (int i = 0; i < 50; i++) {
                logger("io.tollgate.A").warn("the service {} is slow", "s" + i);
                logger("io.tollgate.A").atWarn().addKeyValue("code", "OTHER").log("the service {} is slow", "t" + i);
            }
            logger("io.tollgate.B").error("the service {} is slow", "of another logger");
        }

        assertThat(lines()).filteredOn(line -> line.contains("is slow")).hasSize(10 + 10 + 1 + 2);
        assertThat(lines()).anyMatch(line -> line.endsWith("A  … 40 more like this: the service {} is slow"));
        assertThat(lines()).anyMatch(line -> line.endsWith("A  … 40 more like this: the service {} is slow (OTHER)"));
        assertThat(counts.suppressed()).isEqualTo(80);
        assertThat(counts.dropped()).isZero();
    }

    @Test
    void writesEveryRequestHoweverManyThereAre() {
        try (Logging logging = start(Map.of())) {
            assertThat(logging).isNotNull();
            for (int i = 0; i < 500; i++) {
                logger("io.tollgate.access").info("request");
            }
        }

        assertThat(lines()).hasSize(500);
    }

    private static LoggerContext newContext() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        return context;
    }

    private Logging start(Map<String, String> values) {
        return Logging.start(context, config(values), out, counts);
    }

    private static GatewayConfig config(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("jwt.secret_key", "a-secret-of-this-test-that-is-long-enough");
        return GatewayConfig.of(all);
    }

    private Logger logger(String name) {
        return context.getLogger(name);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
