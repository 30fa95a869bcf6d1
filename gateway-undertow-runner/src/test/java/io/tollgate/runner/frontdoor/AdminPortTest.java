package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages of the operators' port, which are at that port only. */
class AdminPortTest {
    /** Of nobody else: other tests of this process log too. */
    private static final Logger MINE = LoggerFactory.getLogger("io.tollgate.tests.AdminPort");

    private static final String LOGGER = "/loggers/" + MINE.getName();

    private static Deployment deployment;
    private static Client admin;

    @BeforeAll
    static void start() throws Exception {
        deployment =
                Deployment.builder().with("REDIS_PASSWORD", "marked-password").start();
        admin = deployment.admin();
    }

    @AfterAll
    static void stop() {
        deployment.close();
    }

    @Test
    void saysThatItIsAliveAndReady() {
        Answer live = admin.get("/health/live");
        assertThat(live.status()).isEqualTo(200);
        assertThat(live.json().path("status").asText()).isEqualTo("ok");

        Answer ready = admin.get("/health/ready");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.json().path("components").findValuesAsText("name"))
                .containsExactly("listener", "keys", "user-service", "order-service", "rate-limiter");
        for (JsonNode component : ready.json().path("components")) {
            assertThat(component.path("status").asText()).isIn("ok", "degraded");
            assertThat(component.path("since").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
            assertThat(component.path("detail").asText()).isNotEmpty();
        }
    }

    @Test
    void showsMeasures() {
        deployment.client().get("/health");

        Answer metrics = admin.get("/metrics");

        assertThat(metrics.status()).isEqualTo(200);
        assertThat(metrics.header("Content-Type")).startsWith("text/plain");
        assertThat(metrics.body()).contains("http_server_request_duration_seconds_count", "jvm_memory_used_bytes");
    }

    @Test
    void saysWhatRunsWithWhichSettingsAndWhereTheyCameFrom() {
        Answer answer = admin.get("/info");
        JsonNode info = answer.json();

        assertThat(info.path("build").path("commit").asText()).matches("[0-9a-f]{7,40}|unknown");
        assertThat(info.path("startedAt").asText()).endsWith("Z");
        assertThat(info.path("jvm").path("version").asText()).isNotEmpty();
        assertThat(info.path("policies").findValuesAsText("policy")).contains("default", "failed-logins");
        assertThat(setting(info, "server.http.port")).isEqualTo("0 from variable SERVER_HTTP_PORT");
        assertThat(setting(info, "server.http.idle_timeout")).isEqualTo("60s from default");
        assertThat(setting(info, "jwt.secret_key")).isEqualTo("<redacted> from variable JWT_SECRET_KEY");
        assertThat(answer.body()).doesNotContain("marked-password", Deployment.SECRET);
    }

    private static String setting(JsonNode info, String key) {
        for (JsonNode setting : info.path("configuration")) {
            if (setting.path("key").asText().equals(key)) {
                return setting.path("value").asText() + " from "
                        + setting.path("source").asText();
            }
        }
        return "not there";
    }

    @Test
    void changesTheLevelOfALoggerAndTakesItBack() {
        assertThat(admin.get("/loggers").json().path("loggers").has(MINE.getName()))
                .isTrue();
        String before = admin.get(LOGGER).json().path("effective").asText();

        Answer changed = put(LOGGER, "{\"level\":\"trace\"}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(MINE.isTraceEnabled()).isTrue();
        assertThat(admin.get(LOGGER).json().path("level").asText()).isEqualTo("TRACE");

        Answer reset = admin.post(LOGGER, "{\"level\":null}");
        assertThat(reset.status()).isEqualTo(200);
        assertThat(reset.json().path("effective").asText()).isEqualTo(before);
        assertThat(MINE.isTraceEnabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/loggers/io.tollgate | {\"level\":\"LOUD\"} | 400 | INVALID_ARGUMENT | ERROR, WARN, INFO, DEBUG, TRACE, OFF",
                "/loggers/io.tollgate | {\"level\":7} | 400 | INVALID_REQUEST | {\"level\":\"DEBUG\"}",
                "/loggers/io.tollgate | {} | 400 | INVALID_REQUEST | {\"level\":\"DEBUG\"}",
                "/loggers/io.tollgate | level=DEBUG | 400 | INVALID_JSON | not JSON",
                "/loggers/no.such.logger | {\"level\":\"DEBUG\"} | 404 | RESOURCE_NOT_FOUND | GET /loggers",
            })
    void refusesWhatIsNoLevelOfALogger(String path, String body, int status, String code, String words) {
        Answer answer = put(path, body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().path("message").asText()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEBUG", "TRACE", "INFO"})
    void refusesToLogTheBytesOfCalls(String level) {
        LoggerFactory.getLogger("io.grpc.netty.Something");
        for (String logger : List.of("/loggers/io.grpc", "/loggers/io.grpc.netty.Something")) {
            Answer answer = put(logger, "{\"level\":\"" + level + "\"}");

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("message").asText()).contains("passwords and tokens");
        }
        assertThat(put("/loggers/io.grpc", "{\"level\":\"ERROR\"}").status()).isEqualTo(200);
        assertThat(put("/loggers/io.grpc", "{\"level\":null}").status()).isEqualTo(200);
    }

    @Test
    void takesWritesAsJsonOnlyAndFromNoOtherPage() {
        BodyPublisherOf debug = new BodyPublisherOf("{\"level\":\"DEBUG\"}");

        assertThat(debug.put().status()).as("without a type").isEqualTo(415);
        assertThat(debug.put("Content-Type", "text/plain").code()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(debug.put("Content-Type", "application/json", "Origin", "http://localhost:8080")
                        .status())
                .isEqualTo(403);
        assertThat(debug.put("Content-Type", "application/json", "Origin", "null")
                        .status())
                .isEqualTo(403);
        assertThat(debug.put("Content-Type", "application/json", "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
        String own = "http://127.0.0.1:" + deployment.adminPort();
        assertThat(debug.put("Content-Type", "application/json; charset=utf-8", "Origin", own)
                        .status())
                .isEqualTo(200);
        assertThat(put(LOGGER, "{\"level\":null}").status()).isEqualTo(200);
    }

    private record BodyPublisherOf(String json) {
        Answer put(String... headers) {
            return admin.send("PUT", LOGGER, BodyPublishers.ofString(json), headers);
        }
    }

    @Test
    void refusesALargeBody() {
        Answer answer = put(LOGGER, "{\"level\":\"" + " ".repeat(10_000) + "\"}");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("BODY_TOO_LARGE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/live/app.js", "/live/uPlot.js", "/health/live", "/health/ready", "/metrics", "/info"})
    void answersHeadWithTheHeadersOfGet(String path) {
        Answer head = admin.send("HEAD", path, BodyPublishers.noBody());

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo(admin.get(path).header("Content-Type"));
        assertThat(head.body()).isEmpty();
    }

    @Test
    void saysInTheContractsWordsWhatIsNotThere() {
        Answer missing = admin.get("/nothing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.code()).isEqualTo("ROUTE_NOT_FOUND");

        Answer method = admin.send("DELETE", "/info", BodyPublishers.noBody());
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.code()).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(method.header("Allow")).isEqualTo("GET, HEAD");
        assertThat(admin.send("OPTIONS", LOGGER, BodyPublishers.noBody()).header("Allow"))
                .isEqualTo("GET, HEAD, PUT, POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/live/app.js",
                "/live/live.css",
                "/health/ready",
                "/metrics",
                "/info",
                "/loggers",
                "/nothing"
            })
    void letsNoOtherPageReadOrEmbedAnything(String path) {
        Answer answer = admin.get(path, "Origin", "https://elsewhere.example");

        assertThat(answer.header("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(answer.header("Cache-Control")).isIn("no-store", "no-cache");
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
    }

    @Test
    void letsABrowserKeepThePageWhileItIsTheSame() {
        Answer page = admin.get("/live/app.js");

        assertThat(admin.get("/live/app.js", "If-None-Match", page.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(admin.get("/live/app.js", "If-None-Match", "\"another\"").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/live/app.js",
                "/events",
                "/health/live",
                "/health/ready",
                "/metrics",
                "/info",
                "/loggers",
                "/loggers/ROOT"
            })
    void isNotThereAtThePublicPort(String path) {
        assertThat(deployment.client().get(path).status()).isEqualTo(404);
    }

    private static Answer put(String path, String json) {
        return admin.send("PUT", path, BodyPublishers.ofString(json), "Content-Type", "application/json");
    }
}
