package io.tollgate.runner.frontdoor;

import static io.tollgate.runner.frontdoor.ScriptedUpstream.answering;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The time that a route and a client give a request: a real client, a real gateway, and real services that hang. */
class DeadlinesTest {
    private static final String LOGIN = "/api/v1/users/login";
    private static final String CREDENTIALS = "{\"email\":\"ann@example.org\",\"password\":\"correct horse\"}";
    private static final String PURCHASE = "/api/v1/tickets/rock-2026/purchase";
    private static final String FORMER_PURCHASE = "/api/v1/orders/rock-2026/purchase";
    private static final Duration SOON = Duration.ofSeconds(30);

    @AutoClose
    private final ScriptedUpstream upstream = new ScriptedUpstream();

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    DeadlinesTest() throws Exception {
        upstream.purchase = (request, answer) -> calls.add(Call.current(answer));
        upstream.login = (request, answer) -> calls.add(Call.current(answer));
    }

    /** A call that the service has received, and does not respond to. */
    private record Call(Context context, long millisLeft, StreamObserver<?> answer) {
        static Call current(StreamObserver<?> answer) {
            Context context = Context.current();
            return new Call(context, context.getDeadline().timeRemaining(TimeUnit.MILLISECONDS), answer);
        }
    }

    private Deployment.Builder deployment() {
        return Deployment.builder()
                .upstream(upstream)
                .with("SERVICES_USER_SERVICE_DEADLINE", "1m")
                .with("SERVICES_ORDER_SERVICE_DEADLINE", "1m")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000");
    }

    private static Answer buy(Deployment deployment, String path, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + deployment.token("ann");
        return deployment.client().post(path, "{}", all);
    }

    private static void assertTimeout(Answer answer) {
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.error()).isEqualTo("TIMEOUT_ERROR");
        assertThat(answer.code()).isEqualTo("REQUEST_TIMEOUT");
        assertThat(answer.header("X-Request-Id")).isNotEmpty();
    }

    /** Asserts that there was one call, that it had no more time than this, and that it is cancelled. */
    private void assertOneCall(long maxMillis) {
        Call call = calls.remove();
        assertThat(calls).isEmpty();
        assertThat(call.millisLeft()).isLessThanOrEqualTo(maxMillis);
        Awaitility.await().atMost(SOON).until(call.context()::isCancelled);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Request-Timeout, 0.5",
        "x-request-timeout, 00.50000000000000",
        "grpc-timeout, 500m",
        "grpc-timeout, 500000u",
    })
    void theClientShortensTheTime(String header, String time) throws Exception {
        try (Deployment deployment = deployment().start()) {
            Answer answer = buy(deployment, PURCHASE, header, time);

            assertTimeout(answer);
            assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("999");
            assertOneCall(500);
        }
    }

    @Test
    void theShorterOfBothHeadersCounts() throws Exception {
        try (Deployment deployment = deployment().start()) {
            assertTimeout(buy(deployment, PURCHASE, "X-Request-Timeout", "50", "grpc-timeout", "500m"));
            assertOneCall(500);
            assertTimeout(buy(deployment, PURCHASE, "X-Request-Timeout", "0.5", "grpc-timeout", "50S"));
            assertOneCall(500);
        }
    }

    @Test
    void aRouteHasTheTimeOfTheConfiguration() throws Exception {
        try (Deployment deployment = deployment()
                .with(
                        "SERVER_HTTP_DEADLINES",
                        "{\"/api/v1/tickets/{event_id}/purchase\": 500ms, \"/api/v1/users/login\": 400ms}")
                .start()) {
            assertTimeout(buy(deployment, PURCHASE));
            assertOneCall(500);
            assertTimeout(buy(deployment, FORMER_PURCHASE));
            assertOneCall(500);
            assertTimeout(deployment.client().post(LOGIN, CREDENTIALS));
            assertOneCall(400);
            assertTimeout(buy(deployment, PURCHASE, "X-Request-Timeout", "0.3"));
            assertOneCall(300);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "99999999999999999999999999999999"})
    void theClientNeverLengthensTheTime(String time) throws Exception {
        try (Deployment deployment = deployment()
                .with("SERVER_HTTP_DEADLINES", "{\"/api/v1/tickets/{event_id}/purchase\": 500ms}")
                .start()) {
            assertTimeout(buy(deployment, PURCHASE, "X-Request-Timeout", time));
            assertOneCall(500);
        }
        try (Deployment deployment =
                deployment().with("SERVICES_ORDER_SERVICE_DEADLINE", "500ms").start()) {
            assertTimeout(buy(deployment, PURCHASE, "X-Request-Timeout", time, "grpc-timeout", "99999999H"));
            assertOneCall(500);
        }
    }

    @ParameterizedTest
    @CsvSource({"X-Request-Timeout, 0", "X-Request-Timeout, 0.000000001", "grpc-timeout, 0S", "grpc-timeout, 1n"})
    void withoutTimeNoServiceIsCalled(String header, String time) throws Exception {
        try (Deployment deployment = deployment().start()) {
            Answer answer = buy(deployment, PURCHASE, header, time);

            assertTimeout(answer);
            assertThat(answer.header("X-RateLimit-Remaining"))
                    .as("charged like any other request")
                    .isEqualTo("999");
            assertThat(deployment.client().get("/health", header, time).status())
                    .as("which calls no service")
                    .isEqualTo(200);
            upstream.purchase = answering(PurchaseResponse.getDefaultInstance());
            assertThat(buy(deployment, PURCHASE).status()).isEqualTo(202);
            assertThat(calls).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "X-Request-Timeout, -1",
        "X-Request-Timeout, 1e3",
        "X-Request-Timeout, NaN",
        "X-Request-Timeout, 5s",
        "X-Request-Timeout, 1.",
        "grpc-timeout, 5",
        "grpc-timeout, 123456789S",
    })
    void aMalformedTimeIsRejectedWithItsName(String header, String time) throws Exception {
        try (Deployment deployment = deployment().start()) {
            Answer answer = buy(deployment, PURCHASE, header, time);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
            assertThat(answer.json().at("/details/violations/0/field").asText()).isEqualTo(header);
            assertThat(answer.json().at("/details/violations/0/code").asText()).isEqualTo("INVALID_HEADER");
            assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("999");
            assertThat(calls).isEmpty();
        }
    }

    @Test
    void theBodyCounts() throws Exception {
        try (Deployment deployment = deployment().start();
                RawConnection client = new RawConnection(deployment.port())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "X-Request-Timeout: 0.3\r\nContent-Length: " + CREDENTIALS.length() + "\r\n\r\n{");

            RawConnection.Response response = client.read();

            assertThat(response.status()).isEqualTo(504);
            assertThat(response.body()).contains("REQUEST_TIMEOUT");
            assertThat(response.headers()).containsKey("x-ratelimit-remaining");
            client.send(CREDENTIALS.substring(1) + "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.read().status()).as("of the next request").isEqualTo(200);
            assertThat(calls).isEmpty();
        }
    }

    /** A service that rejects guesses late would else tell right from wrong without a charge. */
    @Test
    void aGuessThatTheClientDoesNotWaitForIsCharged() throws Exception {
        try (Deployment deployment =
                deployment().with("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "3").start()) {
            for (int i = 0; i < 3; i++) {
                assertTimeout(deployment.client().post(LOGIN, CREDENTIALS, "X-Request-Timeout", "0.2"));
                calls.remove().answer().onError(Status.UNAUTHENTICATED.asRuntimeException());
            }
            upstream.login = answering(LoginResponse.getDefaultInstance());

            assertThat(deployment.client().post(LOGIN, CREDENTIALS).status()).isEqualTo(429);
        }
    }

    @Test
    void aLoginThatReachedNoServiceCostsNothing() throws Exception {
        try (Deployment deployment =
                deployment().with("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "3").start()) {
            for (int i = 0; i < 5; i++) {
                assertTimeout(deployment.client().post(LOGIN, CREDENTIALS, "X-Request-Timeout", "0"));
            }
            assertThat(calls).isEmpty();
        }
    }

    @Test
    void aTimeoutOfTheServiceLocksNobodyOut() throws Exception {
        try (Deployment deployment = deployment()
                .with("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "3")
                .with("SERVER_HTTP_DEADLINES", "{\"/api/v1/users/login\": 200ms}")
                .start()) {
            for (int i = 0; i < 5; i++) {
                assertTimeout(deployment.client().post(LOGIN, CREDENTIALS, "X-Request-Timeout", "30"));
            }
        }
    }

    @Test
    void clientsInAHurryDoNotOpenTheCircuitForOthers() throws Exception {
        try (Deployment deployment = deployment().start()) {
            for (int i = 0; i < 40; i++) {
                assertTimeout(buy(deployment, PURCHASE, "X-Request-Timeout", "0.05"));
            }
            upstream.purchase = answering(PurchaseResponse.getDefaultInstance());

            assertThat(buy(deployment, PURCHASE).status()).isEqualTo(202);
        }
    }

    @Test
    void pagesMayShortenTheTimeToo() throws Exception {
        try (Deployment deployment = deployment().start()) {
            Answer preflight = deployment
                    .client()
                    .send(
                            "OPTIONS",
                            PURCHASE,
                            java.net.http.HttpRequest.BodyPublishers.noBody(),
                            "Origin",
                            "https://shop.example",
                            "Access-Control-Request-Method",
                            "POST",
                            "Access-Control-Request-Headers",
                            "x-request-timeout");

            assertThat(preflight.status()).isEqualTo(204);
            assertThat(preflight.header("Access-Control-Allow-Headers")).contains("X-Request-Timeout");
        }
    }
}
