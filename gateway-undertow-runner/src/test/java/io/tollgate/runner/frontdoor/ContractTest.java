package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.api.CallContext;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract promises of every request, whatever it asks for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTest {
    private static final String REGISTER = "/api/v1/users/register";

    private Deployment deployment;
    private Client client;

    @BeforeAll
    void open() throws Exception {
        deployment = deployment()
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "100000")
                .with("APP_NAME", "booking-tickets-api-gateway")
                .with("APP_VERSION", "1.0.0")
                .start();
        client = deployment.client();
    }

    /** Returns a deployment whose clients speak HTTP/1.1. */
    Deployment.Builder deployment() {
        return Deployment.builder();
    }

    @AfterAll
    void close() {
        deployment.close();
    }

    @Test
    void saysThatItIsHealthyAndWhatTimeItIs() {
        Answer answer = client.get("/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("status").asText()).isEqualTo("ok");
        assertThat(answer.json().get("service").asText()).isEqualTo("booking-tickets-api-gateway");
        assertThat(answer.json().get("version").asText()).isEqualTo("1.0.0");
        assertThat(answer.json().get("timestamp").asText()).endsWith("Z");
        assertThat(Instant.parse(answer.json().get("timestamp").asText()))
                .isCloseTo(Instant.now(), within(Duration.ofMinutes(1)));
    }

    @Test
    void answersHeadLikeGetWithoutABody() {
        Answer head = client.send("HEAD", "/health", BodyPublishers.noBody());

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("Content-Type")).isEqualTo("application/json");
        assertThat(Integer.parseInt(head.header("Content-Length"))).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /health",
        "GET,    /no/such/route",
        "GET,    /api/v1/users/login",
        "POST,   /api/v1/users/login",
        "POST,   /api/v1/tickets/rock-2026/purchase",
        "DELETE, /health",
    })
    void putsRequestIdRateLimitAndCorsHeadersOnEveryAnswer(String method, String path) {
        Answer answer = client.send(method, path, BodyPublishers.noBody(), "Origin", "https://shop.example");

        assertThat(CallContext.isRequestId(answer.header("X-Request-Id"))).isTrue();
        assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("100000");
        assertThat(Long.parseLong(answer.header("X-RateLimit-Remaining"))).isBetween(1L, 100_000L);
        assertThat(Instant.ofEpochSecond(Long.parseLong(answer.header("X-RateLimit-Reset"))))
                .isCloseTo(Instant.now(), within(Duration.ofMinutes(1)));
        assertThat(answer.header("X-RateLimit-RefillRate")).isEqualTo("1.67");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Expose-Headers"))
                .contains("X-RateLimit-Remaining")
                .contains("Retry-After")
                .contains("X-Request-Id");
    }

    @Test
    void keepsAGoodRequestIdAndReplacesABadOne() {
        assertThat(client.get("/health", "X-Request-Id", "order-42").header("X-Request-Id"))
                .isEqualTo("order-42");
        assertThat(client.get("/health", "X-Request-Id", "x".repeat(129)).header("X-Request-Id"))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(128);
        assertThat(client.get("/health", "X-Request-Id", "two words").header("X-Request-Id"))
                .doesNotContain(" ");
    }

    @Test
    void answers404ForAnUnknownRoute() {
        Answer answer = client.get("/api/v2/nothing");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error()).isEqualTo("NOT_FOUND_ERROR");
        assertThat(answer.code()).isEqualTo("ROUTE_NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /api/v1/users/register,             POST",
        "PUT,    /api/v1/tickets/rock-2026/purchase, POST",
        "POST,   /health,                            'GET, HEAD'",
        "DELETE, /health,                            'GET, HEAD'",
    })
    void answers405WithWhatIsAllowed(String method, String path, String allow) {
        Answer answer = client.send(method, path, BodyPublishers.noBody());

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.error()).isEqualTo("METHOD_ERROR");
        assertThat(answer.code()).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(answer.header("Allow")).isEqualTo(allow);
    }

    @Test
    void answers413ForABodyThatIsTooLargeWhetherItsLengthIsSaidOrNot() {
        byte[] large = new byte[3 * 1024 * 1024];

        Answer said =
                client.send("POST", REGISTER, BodyPublishers.ofByteArray(large), "Content-Type", "application/json");
        Answer chunked = client.send(
                "POST", REGISTER, BodyPublishers.ofByteArrays(List.of(large)), "Content-Type", "application/json");

        for (Answer answer : List.of(said, chunked)) {
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("BODY_TOO_LARGE");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "nonsense"
            })
    void answers415ForAnotherMediaType(String type) {
        Answer answer = client.send("POST", REGISTER, BodyPublishers.ofString("{}"), "Content-Type", type);

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(answer.json().get("message").asText()).contains("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "1",
                "null",
                "\"x\"",
                "{} {}",
                "{\"email\":\"a\",\"email\":\"b\"}",
                "{'email':1}",
                "{\"email\":\"\\ud800\"}",
                "{\"a\":NaN}"
            })
    void answers400ForWhatIsNotOneJsonObject(String body) {
        Answer answer = client.post(REGISTER, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("VALIDATION_ERROR");
        assertThat(answer.code()).isEqualTo("INVALID_JSON");
    }

    @Test
    void answers400ForJsonThatIsNestedTooDeep() {
        Answer answer = client.post(REGISTER, "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_JSON");
    }

    @Test
    void namesEveryFieldAtFaultAtOnce() {
        Answer answer = client.post(REGISTER, "{\"email\":\"ann\",\"username\":7,\"password\":\"short\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("VALIDATION_ERROR");
        assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
        List<String> fields = new ArrayList<>();
        for (JsonNode violation : answer.json().at("/details/violations")) {
            fields.add(violation.get("field").asText());
            assertThat(violation.get("code").asText()).isNotEmpty();
            assertThat(violation.get("message").asText()).isNotEmpty();
        }
        assertThat(fields).containsExactlyInAnyOrder("email", "username", "password");
    }

    @ParameterizedTest
    @CsvSource({
        "a b,          alice, secret1, email",
        "@example.org, alice, secret1, email",
        "ann@localhost, alice, secret1, email",
        "a@b@example.org, alice, secret1, email",
        "ann@example.org, al, secret1, username",
        "ann@example.org, 'al\u0007ice', secret1, username",
        "ann@example.org, alice, five5, password",
    })
    void namesTheOneFieldAtFault(String email, String username, String password, String field) {
        Answer answer = client.post(
                REGISTER,
                "{\"email\":\"%s\",\"username\":\"%s\",\"password\":\"%s\"}"
                        .formatted(email, username.replace("\u0007", "\\u0007"), password));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/details/violations")).hasSize(1);
        assertThat(answer.json().at("/details/violations/0/field").asText()).isEqualTo(field);
    }

    @Test
    void measuresThePasswordInBytesAndTheUsernameInCharacters() {
        String tooLong = "ä".repeat(513);
        Answer password = client.post(
                REGISTER, "{\"email\":\"p@example.org\",\"username\":\"pat\",\"password\":\"" + tooLong + "\"}");
        Answer username = client.post(
                REGISTER,
                "{\"email\":\"q@example.org\",\"username\":\"" + "𝄞".repeat(50) + "\",\"password\":\"secret1\"}");

        assertThat(password.json().at("/details/violations/0/field").asText()).isEqualTo("password");
        assertThat(username.status()).isEqualTo(201);
        assertThat(username.json().at("/user/username").asText()).isEqualTo("𝄞".repeat(50));
    }

    @Test
    void ignoresUnknownProperties() {
        Answer answer = client.post(
                REGISTER,
                "{\"email\":\"more@example.org\",\"username\":\"more\",\"password\":\"secret1\",\"extra\":{\"a\":[1]}}");

        assertThat(answer.status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a%2Fb", "%C3%A4", "a%00", "a!b"})
    void answers400ForAnEventIdOfForbiddenCharacters(String event) {
        Answer answer = purchase(event);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_EVENT_ID");
    }

    @Test
    void answers400ForAnEventIdThatIsTooLong() {
        assertThat(purchase("e".repeat(129)).code()).isEqualTo("INVALID_EVENT_ID");
        assertThat(purchase("e".repeat(128)).code()).isEqualTo("RESOURCE_NOT_FOUND");
    }

    @Test
    void answers400ForABadIdempotencyKey() {
        assertThat(purchase("rock-2026", "Idempotency-Key", "two words").status())
                .isEqualTo(400);
        assertThat(purchase("rock-2026", "Idempotency-Key", "k".repeat(256)).status())
                .isEqualTo(400);
        assertThat(purchase("rock-2026", "Idempotency-Key", "k".repeat(255)).status())
                .isEqualTo(200);
    }

    @Test
    void takesAnEmptyObjectAsTheBodyOfAPurchase() {
        Answer answer = client.post(
                "/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + deployment.token("user-1"));

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void answersPreflightsWithoutATokenAndWithoutRateLimits() {
        Answer answer = client.send(
                "OPTIONS",
                "/api/v1/tickets/rock-2026/purchase",
                BodyPublishers.noBody(),
                "Origin",
                "https://shop.example",
                "Access-Control-Request-Method",
                "POST");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(answer.header("Access-Control-Allow-Headers"))
                .contains("Authorization")
                .contains("Idempotency-Key");
        assertThat(Integer.parseInt(answer.header("Access-Control-Max-Age"))).isPositive();
        assertThat(answer.header("X-RateLimit-Limit")).isEmpty();
        assertThat(answer.header("X-Request-Id")).isNotEmpty();
    }

    @Test
    void ignoresTheTokenWhereNoneIsNeeded() {
        Answer answer = client.post(
                "/api/v1/users/refresh", "{\"refreshToken\":\"unknown\"}", "Authorization", "Bearer expired.or.bad");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void answersWhatTheParserRefusesInTheSameWordsAsAnyOtherError() throws Exception {
        for (String garbage : List.of(
                "GARBAGE\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: minus\r\n\r\n",
                "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
            try (RawConnection connection = new RawConnection(deployment.port())) {
                connection.send(garbage);

                RawConnection.Response response = connection.read();
                assertThat(response.status()).isEqualTo(400);
                assertThat(response.body()).contains("\"error\":\"VALIDATION_ERROR\"");
                assertThat(response.headers().get("content-type")).isEqualTo("application/json");
                assertThat(response.headers().get("x-request-id")).isNotEmpty();
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (RawConnection connection = new RawConnection(deployment.port())) {
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: one\r\n\r\n"
                    + "GET /nothing HTTP/1.1\r\nHost: x\r\nX-Request-Id: two\r\n\r\n"
                    + "GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: three\r\n\r\n");

            assertThat(List.of(connection.read(), connection.read(), connection.read()))
                    .extracting(r -> r.status() + " " + r.headers().get("x-request-id"))
                    .containsExactly("200 one", "404 two", "200 three");
        }
    }

    private Answer purchase(String event, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + deployment.token("user-1");
        return client.send("POST", "/api/v1/tickets/" + event + "/purchase", BodyPublishers.noBody(), all);
    }
}
