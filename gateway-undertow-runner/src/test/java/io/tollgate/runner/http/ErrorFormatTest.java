package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.runner.Gateway;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code errors.format}, as a client sees it. */
class ErrorFormatTest {
    private static final String OURS = "https://app.example.com";
    private static final String PREFERS_PROBLEM = "Accept: application/problem+json, application/json;q=0.5\r\n";
    private static final String LOGIN = "/api/v1/users/login";
    private static final String PURCHASE = "/api/v1/tickets/e/purchase";

    private static Gateway problem;
    private static Gateway negotiating;
    private static Gateway listed;

    @BeforeAll
    static void start() {
        problem = TestGateway.start("errors.format", "problem");
        negotiating = TestGateway.start("errors.format", "negotiate");
        listed = TestGateway.start("errors.format", "negotiate", "cors.allowed_origins", OURS);
    }

    @AfterAll
    static void stop() {
        problem.close();
        negotiating.close();
        listed.close();
    }

    private static RawResponse send(Gateway gateway, String method, String path, String headers) {
        return RawClient.exchange(
                gateway.address(),
                method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + headers + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere, 404, ROUTE_NOT_FOUND, Not Found",
        "DELETE, /health, 405, METHOD_NOT_ALLOWED, Method Not Allowed",
        "POST, /api/v1/tickets/e/purchase, 401, MISSING_TOKEN, Unauthorized",
    })
    void problemIsProblemDetailsWhateverIsAccepted(String method, String path, int status, String code, String title) {
        RawResponse response = send(problem, method, path, "Accept: application/json\r\nX-Request-Id: a/b\r\n");

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.header("Vary")).isNull();
        assertThat(response.header("X-RateLimit-Limit")).isNotNull();
        JsonNode body = response.json();
        assertThat(body.path("type").asText()).isEqualTo("about:blank");
        assertThat(body.path("title").asText()).isEqualTo(title);
        assertThat(body.path("status").asInt()).isEqualTo(status);
        assertThat(body.path("detail").asText()).isNotBlank();
        assertThat(body.path("instance").asText()).isEqualTo("urn:request:a%2Fb");
        assertThat(body.path("code").asText()).isEqualTo(code);
        assertThat(body.has("error")).isFalse();
    }

    @Test
    void headersThatTheStatusDemandsAreThere() {
        assertThat(send(problem, "DELETE", "/health", "").header("Allow")).isEqualTo("GET, HEAD");
        assertThat(send(problem, "POST", PURCHASE, "").header("WWW-Authenticate"))
                .isEqualTo("Bearer");
        assertThat(send(problem, "POST", PURCHASE, "Authorization: Bearer not.a.token\r\n")
                        .header("WWW-Authenticate"))
                .contains("error=\"invalid_token\"");
    }

    @Test
    void violationsAreDetailsOfTheProblem() {
        JsonNode body = RawClient.exchange(problem.address(), TestGateway.post(LOGIN, "{\"email\":\"a\"}"))
                .json();

        assertThat(body.path("status").asInt()).isEqualTo(400);
        assertThat(body.path("code").asText()).isEqualTo("INVALID_REQUEST");
        assertThat(body.at("/details/violations").findValuesAsText("field"))
                .containsExactlyInAnyOrder("email", "password");
    }

    @Test
    void aPolicysRejectionNamesThePolicy() {
        try (Gateway small = TestGateway.start("errors.format", "problem", "redis.token_bucket.capacity", "1")) {
            assertThat(send(small, "GET", "/health", "").status()).isEqualTo(200);

            RawResponse response = send(small, "GET", "/health", "");

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(Integer.parseInt(response.header("Retry-After"))).isPositive();
            assertThat(response.json().path("type").asText())
                    .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
            assertThat(response.json().at("/violated-policies/0").asText()).isEqualTo("default");
            assertThat(response.json().at("/details/capacity").asInt()).isEqualTo(1);
        }
    }

    @Test
    void tokenProtectionsRejectionIsAbnormalUsage() {
        try (Gateway strict = TestGateway.start(
                "errors.format", "problem", "auth.brute_force.bad_tokens", "1", "auth.brute_force.window", "1h")) {
            String badToken = "Authorization: Bearer not.a.token\r\n";
            assertThat(send(strict, "POST", PURCHASE, badToken).status()).isEqualTo(401);

            RawResponse response = send(strict, "POST", PURCHASE, badToken);

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.json().path("type").asText())
                    .isEqualTo("https://iana.org/assignments/http-problem-types#abnormal-usage-detected");
            assertThat(response.json().at("/violated-policies/0").asText()).isEqualTo("bad-tokens");
        }
    }

    @Test
    void negotiateRendersWhatIsPreferredAndSaysThatItVaries() {
        RawResponse preferred = send(negotiating, "GET", "/nowhere", PREFERS_PROBLEM);
        RawResponse plain = send(negotiating, "GET", "/nowhere", "Accept: */*\r\n");
        RawResponse silent = send(negotiating, "GET", "/nowhere", "");
        RawResponse odd = send(negotiating, "GET", "/nowhere", "Accept: ;\r\n");

        assertThat(preferred.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(preferred.json().path("title").asText()).isEqualTo("Not Found");
        for (RawResponse envelope : Arrays.asList(plain, silent, odd)) {
            assertThat(envelope.status()).isEqualTo(404);
            assertThat(envelope.header("Content-Type")).isEqualTo("application/json");
            assertThat(envelope.json().path("error").asText()).isEqualTo("NOT_FOUND_ERROR");
            assertThat(envelope.header("Vary")).isEqualTo("Accept");
        }
        assertThat(preferred.header("Vary")).isEqualTo("Accept");
    }

    @Test
    void aSuccessDoesNotVary() {
        assertThat(send(negotiating, "GET", "/health", PREFERS_PROBLEM).header("Vary"))
                .isNull();
    }

    @Test
    void anErrorForAPageVariesByItsOriginToo() {
        RawResponse response = send(listed, "POST", PURCHASE, PREFERS_PROBLEM + "Origin: " + OURS + "\r\n");

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(OURS);
        assertThat(response.header("Vary").split(", ")).containsExactlyInAnyOrder("Origin", "Accept");
    }

    @Test
    void anUnreadableRequestAlwaysGetsTheEnvelope() {
        for (Gateway gateway : Arrays.asList(problem, negotiating)) {
            RawResponse response = RawClient.exchange(
                    gateway.address(), "GET /%zz HTTP/1.1\r\nHost: x\r\n" + PREFERS_PROBLEM + "\r\n");

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("Content-Type")).isEqualTo("application/json");
            assertThat(response.json().path("error").asText()).isEqualTo("VALIDATION_ERROR");
        }
    }
}
