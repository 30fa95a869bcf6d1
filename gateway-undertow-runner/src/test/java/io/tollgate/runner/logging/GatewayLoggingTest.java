package io.tollgate.runner.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.operations.logging.LogLines;
import io.tollgate.runner.config.GatewayConfig;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

class GatewayLoggingTest {
    private final LoggerContext context = newContext();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void writesJsonInProduction() throws Exception {
        try (LogLines lines = start(Map.of("app.environment", "production", "app.name", "gate"))) {
            assertThat(lines).isNotNull();
            logger("io.tollgate.A").info("listening");
        }

        JsonNode line = new ObjectMapper().readTree(out.toByteArray());
        assertThat(line.get("service").asText()).isEqualTo("gate");
        assertThat(line.get("message").asText()).isEqualTo("listening");
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "test", "staging"})
    void writesReadableLinesElsewhere(String environment) {
        try (LogLines lines = start(Map.of("app.environment", environment))) {
            assertThat(lines).isNotNull();
            logger("io.tollgate.A").info("listening");
        }

        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith(" INFO  A  listening\n");
    }

    @Test
    void logsDebugOfOurOwnInDevelopmentOnly() {
        try (LogLines development = start(Map.of())) {
            assertThat(development).isNotNull();
            assertThat(logger("io.tollgate.A").isDebugEnabled()).isTrue();
            assertThat(logger("com.acme.A").isDebugEnabled()).isFalse();
            assertThat(logger("com.acme.A").isInfoEnabled()).isTrue();
            assertThat(logger("org.xnio").isInfoEnabled()).isFalse();
        }
        try (LogLines production = start(Map.of("app.environment", "production"))) {
            assertThat(production).isNotNull();
            assertThat(logger("io.tollgate.A").isDebugEnabled()).isFalse();
            assertThat(logger("io.tollgate.A").isInfoEnabled()).isTrue();
        }
    }

    @Test
    void logsFromTheLevelThatIsSet() {
        try (LogLines lines = start(Map.of("log.level", "error"))) {
            assertThat(lines).isNotNull();
            assertThat(logger("io.tollgate.A").isWarnEnabled()).isFalse();
            assertThat(logger("com.acme.A").isWarnEnabled()).isFalse();
            assertThat(logger("io.grpc").isWarnEnabled()).isFalse();
            assertThat(logger("io.grpc").isErrorEnabled()).isTrue();
        }
    }

    @Test
    void writesInfoUntilAConfigurationIsRead() {
        new PlainLogging().configure(context);

        assertThat(logger("io.tollgate.A").isDebugEnabled()).isFalse();
        assertThat(logger("com.acme.A").isInfoEnabled()).isTrue();
        assertThat(logger("io.undertow").isInfoEnabled()).isFalse();
        context.stop();
    }

    private static LoggerContext newContext() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        return context;
    }

    private LogLines start(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("jwt.secret_key", "a-secret-of-this-test-that-is-long-enough");
        return GatewayLogging.lines(GatewayConfig.of(all)).start(context, out);
    }

    private Logger logger(String name) {
        return context.getLogger(name);
    }
}
