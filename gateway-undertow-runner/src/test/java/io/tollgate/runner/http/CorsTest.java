package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.runner.Gateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsTest {
    private static final String OURS = "https://app.example.com";

    private static Gateway any;
    private static Gateway listed;

    @BeforeAll
    static void start() {
        any = TestGateway.start("redis.token_bucket.capacity", "1000");
        listed = TestGateway.start(
                "cors.allowed_origins", OURS + ", http://localhost:3000", "cors.allow_credentials", "true");
    }

    @AfterAll
    static void stop() {
        any.close();
        listed.close();
    }

    @Test
    void byDefaultAnyOriginMayRead() {
        RawResponse answer = get(any, "/health", "Origin: https://anyone.example\r\n");

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
        assertThat(answer.header("Access-Control-Expose-Headers"))
                .contains("X-RateLimit-Remaining", "Retry-After", "X-Request-Id");
        assertThat(answer.header("Vary")).isNull();
    }

    @Test
    void aPreflightIsAnsweredWithoutTokenOrCharge() {
        String before = get(any, "/health", "").header("X-RateLimit-Remaining");
        RawResponse answer = preflight(any, "/api/v1/tickets/e/purchase", OURS);
        String after = get(any, "/health", "").header("X-RateLimit-Remaining");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("Content-Length")).isNull();
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("GET, POST, PUT, DELETE, OPTIONS");
        assertThat(answer.header("Access-Control-Allow-Headers")).contains("Authorization", "Idempotency-Key");
        assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("3600");
        assertThat(answer.header("X-RateLimit-Limit")).isNull();
        assertThat(answer.header("X-Request-Id")).isNotNull();
        assertThat(Integer.parseInt(after)).isGreaterThanOrEqualTo(Integer.parseInt(before) - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: https://a.example\r\n", "Access-Control-Request-Method: POST\r\n", ""})
    void optionsThatIsNoPreflightIsAMethodLikeAnyOther(String headers) {
        RawResponse answer = send(any, "OPTIONS", "/health", headers);

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD");
        assertThat(answer.header("X-RateLimit-Limit")).isNotNull();
    }

    @Test
    void aListedOriginIsEchoed() {
        RawResponse answer = get(listed, "/health", "Origin: " + OURS + "\r\n");

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(OURS);
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        assertThat(answer.header("Vary")).isEqualTo("Origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example\r\n",
                "Origin: https://app.example.com.evil.example\r\n",
                "Origin: http://app.example.com\r\n",
                "Origin: https://app.example.com:8443\r\n",
                "Origin: null\r\n",
                "Origin: *\r\n",
                "",
            })
    void anyOtherOriginMayNotReadButTheAnswerStillVaries(String origin) {
        RawResponse answer = get(listed, "/health", origin);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
        assertThat(answer.header("Access-Control-Expose-Headers")).isNull();
        assertThat(answer.header("Vary")).isEqualTo("Origin");
    }

    @Test
    void aPreflightOfAnotherOriginIsToldNothing() {
        RawResponse answer = preflight(listed, "/health", "https://evil.example");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        assertThat(answer.header("Access-Control-Allow-Methods")).isNull();
        assertThat(answer.header("Vary")).isEqualTo("Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/api/v1/users/login", "/api/v1/tickets/e/purchase"})
    void errorsCanBeReadToo(String path) {
        RawResponse answer = send(listed, "POST", path, "Origin: " + OURS + "\r\nContent-Length: 0\r\n");

        assertThat(answer.status()).isGreaterThanOrEqualTo(400);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(OURS);
        assertThat(answer.header("Access-Control-Expose-Headers")).isNotNull();
    }

    @Test
    void unreadableRequestsVaryAsWell() {
        assertThat(RawClient.exchange(listed.address(), "garbage\r\n\r\n").header("Vary"))
                .isEqualTo("Origin");
    }

    private static RawResponse get(Gateway gateway, String path, String headers) {
        return send(gateway, "GET", path, headers);
    }

    private static RawResponse preflight(Gateway gateway, String path, String origin) {
        return send(
                gateway,
                "OPTIONS",
                path,
                "Origin: " + origin
                        + "\r\nAccess-Control-Request-Method: POST\r\n"
                        + "Access-Control-Request-Headers: authorization, content-type\r\n");
    }

    private static RawResponse send(Gateway gateway, String method, String path, String headers) {
        return RawClient.exchange(
                gateway.address(), method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    }
}
