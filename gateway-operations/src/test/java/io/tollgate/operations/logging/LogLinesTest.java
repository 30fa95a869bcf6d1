package io.tollgate.operations.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;

class LogLinesTest {
    private static final String FORGED = "x\r\n12:00:00.000 INFO  Gateway  forged\u2028\u0085\u001b[2J\u202e";

    private final LoggerContext context = newContext();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LogCounts counts = new LogCounts();

    @Test
    void writesAJsonObjectPerLine() throws Exception {
        Instant before = Instant.now();
        try (LogLines logging = start(LogLines.builder().json("gate"))) {
            assertThat(logging).isNotNull();
            logger("com.example.Requests")
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
        assertThat(line.get("logger").asText()).isEqualTo("com.example.Requests");
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
    void writesReadableLines() {
        try (LogLines logging = start(LogLines.builder())) {
            assertThat(logging).isNotNull();
            logger("com.example.Requests")
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
    @MethodSource("formats")
    void letsNobodyForgeALine(LogLines.Builder format) {
        try (LogLines logging = start(format)) {
            assertThat(logging).isNotNull();
            logger("com.example.A").atInfo().addKeyValue("value", FORGED).log(FORGED);
        }

        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("\n").doesNotContain("\r", "\u001b");
        assertThat(lines()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void writesAnExceptionWithItsCauseSoThatItsTextIsNoLine(LogLines.Builder format) {
        try (LogLines logging = start(format)) {
            assertThat(logging).isNotNull();
            logger("com.example.A")
                    .error("failed", new IllegalStateException(FORGED, new RuntimeException("the cause")));
        }

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("IllegalStateException", "Caused by: java.lang.RuntimeException: the cause")
                .doesNotContain("\n12:00:00.000", "\u001b", "\r");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void keepsALineWithHalfASurrogatePair(LogLines.Builder format) {
        try (LogLines logging = start(format)) {
            assertThat(logging).isNotNull();
            logger("com.example.A").atInfo().addKeyValue("value", "\ud800").log("half");
        }

        assertThat(lines()).singleElement().asString().contains("half");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shortensWhatIsTooLong(LogLines.Builder format) {
        try (LogLines logging = start(format)) {
            assertThat(logging).isNotNull();
            logger("com.example.A")
                    .atInfo()
                    .addKeyValue("value", "v".repeat(100_000))
                    .log("m".repeat(100_000));
        }

        assertThat(out.size()).isBetween(16_384, 20_000);
    }

    @Test
    void writesLinesOfLevelInfoUnlessToldOtherwise() {
        try (LogLines logging = start(LogLines.builder())) {
            assertThat(logging).isNotNull();
            logger("com.example.A").debug("not this");
            logger("com.example.A").info("this");
        }

        assertThat(lines()).singleElement().asString().endsWith("INFO  A  this");
    }

    @Test
    void writesDebugOfTheApplicationOnly() {
        try (LogLines logging = start(LogLines.builder()
                .level(Level.DEBUG)
                .application("com.example", "io.tollgate")
                .quiet("org.xnio"))) {
            assertThat(logging).isNotNull();
            assertThat(logger("com.example.A").isDebugEnabled()).isTrue();
            assertThat(logger("io.tollgate.A").isDebugEnabled()).isTrue();
            assertThat(logger("com.acme.A").isDebugEnabled()).isFalse();
            assertThat(logger("com.acme.A").isInfoEnabled()).isTrue();
            assertThat(logger("org.xnio.A").isInfoEnabled()).isFalse();
            assertThat(logger("org.xnio.A").isWarnEnabled()).isTrue();
        }
    }

    @Test
    void writesDebugOfEveryPackageWhereNoneIsNamed() {
        try (LogLines logging = start(LogLines.builder().level(Level.DEBUG).quiet("org.xnio"))) {
            assertThat(logging).isNotNull();
            assertThat(logger("com.acme.A").isDebugEnabled()).isTrue();
            assertThat(logger("org.xnio.A").isInfoEnabled()).isFalse();
        }
    }

    @Test
    void writesNothingBelowALevelAboveInfo() {
        try (LogLines logging = start(
                LogLines.builder().level(Level.ERROR).application("com.example").quiet("org.xnio"))) {
            assertThat(logging).isNotNull();
            for (String name : List.of("com.example.A", "com.acme.A", "org.xnio.A")) {
                assertThat(logger(name).isWarnEnabled()).as(name).isFalse();
                assertThat(logger(name).isErrorEnabled()).as(name).isTrue();
            }
        }
    }

    @Test
    void writesEachLineAtOnceWithoutAQueue() {
        LogLines.builder().configure(context, out);

        for (int i = 0; i < 50; i++) {
            logger("com.example.A").warn("again");
            assertThat(lines()).hasSize(i + 1);
        }
        assertThat(logger("com.example.A").isDebugEnabled()).isFalse();
        context.stop();
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
        try (LogLines logging = LogLines.builder().start(context, stuck, counts)) {
            assertThat(logging).isNotNull();
            for (int i = 0; i < 20_000; i++) {
                logger("com.example.A").info("line {}", i);
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
        try (LogLines logging = start(LogLines.builder())) {
            assertThat(logging).isNotNull();
            for (int i = 0; i < 50; i++) {
                logger("com.example.A").warn("the service {} is slow", "s" + i);
                logger("com.example.A").atWarn().addKeyValue("code", "OTHER").log("the service {} is slow", "t" + i);
            }
            logger("com.example.B").error("the service {} is slow", "of another logger");
        }

        assertThat(lines()).filteredOn(line -> line.contains("is slow")).hasSize(10 + 10 + 1 + 2);
        assertThat(lines()).anyMatch(line -> line.endsWith("A  … 40 more like this: the service {} is slow"));
        assertThat(lines()).anyMatch(line -> line.endsWith("A  … 40 more like this: the service {} is slow (OTHER)"));
        assertThat(counts.suppressed()).isEqualTo(80);
        assertThat(counts.dropped()).isZero();
    }

    @Test
    void writesEveryRequestHoweverManyThereAre() {
        try (LogLines logging = start(LogLines.builder())) {
            assertThat(logging).isNotNull();
            for (int i = 0; i < 500; i++) {
                logger("com.example.access").info("request");
            }
        }

        assertThat(lines()).hasSize(500);
    }

    private static LoggerContext newContext() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        return context;
    }

    private LogLines start(LogLines.Builder lines) {
        return lines.start(context, out, counts);
    }

    private static Stream<Named<LogLines.Builder>> formats() {
        return Stream.of(
                Named.of("readable", LogLines.builder().json("gate").readable()),
                Named.of("JSON", LogLines.builder().json("gate")));
    }

    private Logger logger(String name) {
        return context.getLogger(name);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
