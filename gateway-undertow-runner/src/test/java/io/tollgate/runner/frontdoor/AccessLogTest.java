package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The one line of each request. */
class AccessLogTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final Logger log = (Logger) LoggerFactory.getLogger("io.tollgate.access");
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event);
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        log.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(appender);
    }

    @Test
    void saysWhoAskedWhatAndHowItEnded() throws Exception {
        try (Deployment gateway = Deployment.start()) {
            Answer bought = gateway.client()
                    .post(
                            "/api/v1/tickets/rock-2026/purchase",
                            "{}",
                            "Authorization",
                            "Bearer " + gateway.token("u-7"),
                            "X-Request-Id",
                            "line-of-u-7",
                            "traceparent",
                            "00-" + TRACE + "-00f067aa0ba902b7-01");

            Map<String, Object> line = line("line-of-u-7");

            assertThat(line)
                    .containsEntry("method", "POST")
                    .containsEntry("route", "/api/v1/tickets/{event_id}/purchase")
                    .containsEntry("status", 200)
                    .containsEntry("bytes", bought.body().length())
                    .containsEntry("trace_id", TRACE)
                    .containsEntry("user", "u-7")
                    .containsEntry("client", "127.0.0.1")
                    .containsEntry("limit", "allowed")
                    .doesNotContainKeys("policy", "shadow", "fallback");
            assertThat((double) line.get("duration_ms")).isPositive();
        }
    }

    @Test
    void namesThePolicyThatRefusedTheShadowsThatWouldHaveAndTheFallback() throws Exception {
        try (Deployment gateway = Deployment.builder()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(freePort()))
                .with(
                        "RATE_LIMIT_POLICIES",
                        "[{name: trial, limits: 1/hour, key: address, shadow: true},"
                                + "{name: few, limits: 2/hour, key: address}]")
                .start()) {
            gateway.client().get("/health", "X-Request-Id", "first-of-three");
            gateway.client().get("/health", "X-Request-Id", "second-of-three");
            gateway.client().get("/health", "X-Request-Id", "third-of-three");

            assertThat(line("first-of-three"))
                    .containsEntry("limit", "allowed")
                    .containsEntry("fallback", true)
                    .doesNotContainKeys("policy", "shadow", "trace_id");
            assertThat(line("second-of-three"))
                    .containsEntry("limit", "allowed")
                    .containsEntry("shadow", "trial")
                    .doesNotContainKey("policy");
            assertThat(line("third-of-three"))
                    .containsEntry("limit", "refused")
                    .containsEntry("status", 429)
                    .containsEntry("shadow", "trial")
                    .containsEntry("policy", "few");
        }
    }

    private Map<String, Object> line(String requestId) {
        return Awaitility.await()
                .until(
                        () -> lines.stream()
                                .map(AccessLogTest::pairs)
                                .filter(pairs -> requestId.equals(pairs.get("request_id")))
                                .toList(),
                        found -> found.size() == 1)
                .get(0);
    }

    private static Map<String, Object> pairs(ILoggingEvent event) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
        return pairs;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
