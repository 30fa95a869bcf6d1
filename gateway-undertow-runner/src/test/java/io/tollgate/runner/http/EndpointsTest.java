package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.post;
import static io.tollgate.runner.http.TestGateway.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.TimeSource;
import io.tollgate.runner.Gateway;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        // Tokens are verified by the same clock, hence not long ago.
        gateway = TestGateway.builder("app.name", "the-name", "app.version", "7.8.9")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void registerAnswersWithTheUserAndTokens() {
        RawResponse answer = send(post(
                "/api/v1/users/register",
                "{\"email\":\"ann@example.org\",\"username\":\"ann\",\"password\":\"secret-1\"}"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body())
                .isEqualTo("{\"user\":{\"id\":\"user-1\",\"email\":\"ann@example.org\",\"username\":\"ann\","
                        + "\"createdAt\":\"2026-01-02T03:04:05Z\"},"
                        + "\"accessToken\":\"access-1\",\"refreshToken\":\"refresh-1\"}");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void loginAnswersWithTheSameShape() {
        RawResponse answer =
                send(post("/api/v1/users/login", "{\"email\":\"ann@example.org\",\"password\":\"secret-1\"}"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/user/email").asText()).isEqualTo("ann@example.org");
        assertThat(answer.json().at("/refreshToken").asText()).isEqualTo("refresh-1");
    }

    @Test
    void refreshLeavesOutATokenThatThereIsNot() {
        RawResponse answer = send(post("/api/v1/users/refresh", "{\"refreshToken\":\"refresh-1\"}"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"accessToken\":\"access-2\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 0\r\n"})
    void purchaseNeedsNoBody(String headers) {
        RawResponse answer = send(purchase("event-1", "Idempotency-Key: key-1\r\n" + headers));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"ticket\":{\"id\":\"key-1\",\"eventId\":\"event-1\",\"userId\":\"user-1\","
                        + "\"status\":\"confirmed\",\"createdAt\":\"2026-01-02T03:04:05Z\"}}");
    }

    @ParameterizedTest
    @CsvSource({"{}, 200", "'{\"a\":1}', 200", "[], 400", "x, 400"})
    void purchaseTakesAnObjectThatSaysNothing(String body, int status) {
        assertThat(send(purchase("event-1", "Content-Length: " + body.length() + "\r\n") + body)
                        .status())
                .isEqualTo(status);
    }

    @Test
    void purchaseMakesAKeyForEachRequestThatHasNone() {
        String first = send(purchase("event-1", "")).json().at("/ticket/id").asText();
        String second = send(purchase("event-1", "")).json().at("/ticket/id").asText();

        assertThat(first).hasSize(36).isNotEqualTo(second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Idempotency-Key:\r\n",
                "Idempotency-Key: a b\r\n",
                "Idempotency-Key: \u00e4\r\n",
                "Idempotency-Key: a\r\nIdempotency-Key: a\r\n",
            })
    void refusesAnIdempotencyKeyThatIsNone(String header) {
        RawResponse answer = send(purchase("event-1", header));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
        assertThat(answer.json().at("/details/violations/0/field").asText()).isEqualTo("Idempotency-Key");
    }

    @Test
    void limitsAnIdempotencyKeyTo255Characters() {
        assertThat(send(purchase("e", "Idempotency-Key: " + "k".repeat(255) + "\r\n"))
                        .status())
                .isEqualTo(200);
        assertThat(send(purchase("e", "Idempotency-Key: " + "k".repeat(256) + "\r\n"))
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"event-1, event-1", "A.b_c~9-, A.b_c~9-", "%65vent%2D1, event-1", ".., .."})
    void decodesTheEventId(String segment, String event) {
        assertThat(send(purchase(segment, "")).json().at("/ticket/eventId").asText())
                .isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a%2Fb", "a%20b", "a+b", "a;b=c", "%C3%A4", "a%00", "a%25", "a:b", "a@b"})
    void refusesAnEventIdOfOtherCharacters(String segment) {
        RawResponse answer = send(purchase(segment, ""));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_EVENT_ID");
        assertThat(answer.json().at("/details/violations/0/field").asText()).isEqualTo("event_id");
    }

    @Test
    void limitsAnEventIdTo128Characters() {
        assertThat(send(purchase("e".repeat(128), "")).status()).isEqualTo(200);
        assertThat(send(purchase("e".repeat(129), "")).code()).isEqualTo("INVALID_EVENT_ID");
    }

    @Test
    void aSlashMoreIsAnotherPath() {
        assertThat(send(purchase("a/b", "")).code()).isEqualTo("ROUTE_NOT_FOUND");
    }

    @Test
    void theOldPathAnswersAlikeAndSaysWhereToGo() {
        RawResponse answer =
                send(purchase("event-1", "Idempotency-Key: key-1\r\n").replace("/tickets/", "/orders/"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/ticket/id").asText()).isEqualTo("key-1");
        assertThat(answer.header("Deprecation")).matches("@\\d+");
        assertThat(answer.header("Link"))
                .isEqualTo("</api/v1/tickets/event-1/purchase>; rel=\"successor-version\","
                        + " </docs>; rel=\"deprecation\"");
    }

    @Test
    void theOldPathSaysSoInErrorsToo() {
        RawResponse answer = send("POST /api/v1/orders/event-1/purchase HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer.code()).isEqualTo("MISSING_TOKEN");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("Deprecation")).isNotNull();
    }

    @Test
    void refusesABadToken() {
        RawResponse answer = send("POST /api/v1/tickets/event-1/purchase HTTP/1.1\r\nHost: x\r\n"
                + "Authorization: Bearer not.a.token\r\n\r\n");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
    }

    @Test
    void healthTellsWhoAnswersAndWhen() {
        Instant now = Instant.parse("2026-11-22T20:33:00Z");
        try (Gateway other = TestGateway.builder("app.name", "the-name", "app.version", "7.8.9")
                .time(new TimeSource() {
                    @Override
                    public long nanoTime() {
                        return 0;
                    }

                    @Override
                    public Instant now() {
                        return now;
                    }
                })
                .start()) {
            RawResponse answer =
                    RawClient.exchange(other.address(), "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            assertThat(answer.body())
                    .isEqualTo("{\"status\":\"ok\",\"service\":\"the-name\",\"version\":\"7.8.9\","
                            + "\"timestamp\":\"2026-11-22T20:33:00Z\"}");
        }
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() {
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse get =
                    client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").read();
            RawResponse head =
                    client.send("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n").read(true);
            RawResponse after =
                    client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").read();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).isEqualTo("application/json");
            assertThat(Integer.parseInt(head.header("Content-Length")))
                    .isCloseTo(get.body().length(), org.assertj.core.data.Offset.offset(9));
            assertThat(after.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /health, 'GET, HEAD'",
        "OPTIONS, /health, 'GET, HEAD'",
        "GET, /api/v1/users/login, POST",
        "HEAD, /api/v1/users/login, POST",
        "DELETE, /api/v1/tickets/e/purchase, POST",
        "TRACE, /api/v1/users/login, POST",
        "get, /health, 'GET, HEAD'",
        "BREW, /health, 'GET, HEAD'",
    })
    void saysWhichMethodsAPathAnswers(String method, String path, String allow) {
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse answer = client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .read(method.equals("HEAD"));

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo(allow);
            if (!method.equals("HEAD")) {
                assertThat(answer.code()).isEqualTo("METHOD_NOT_ALLOWED");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health/", "/HEALTH", "//health", "/api/v1/users", "/health;a=b", "/health%2F"})
    void knowsNoOtherPath(String path) {
        RawResponse answer = send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("ROUTE_NOT_FOUND");
    }

    @Test
    void takesEscapesThatNeedNotBeForTheSamePath() {
        assertThat(send("GET /%68ealth HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(200);
        assertThat(send("GET /health?a=%2F&b HTTP/1.1\r\nHost: x\r\n\r\n").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n"})
    void findsNothingAtTargetsThatAreNoPaths(String request) {
        assertThat(send(request).code()).isEqualTo("ROUTE_NOT_FOUND");
    }

    private static RawResponse send(String request) {
        return RawClient.exchange(gateway.address(), request);
    }
}
