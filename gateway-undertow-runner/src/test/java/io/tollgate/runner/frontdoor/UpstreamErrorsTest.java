package io.tollgate.runner.frontdoor;

import static io.tollgate.runner.frontdoor.ScriptedUpstream.answering;
import static io.tollgate.runner.frontdoor.ScriptedUpstream.failing;
import static io.tollgate.runner.frontdoor.ScriptedUpstream.hanging;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterResponse;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What a client sees when the services behind the gateway fail, each in its way: real gRPC servers, scripted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamErrorsTest {
    private static final String REGISTRATION =
            "{\"email\":\"ann@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}";

    private ScriptedUpstream upstream;
    private Deployment deployment;
    private Client client;

    @BeforeAll
    void open() throws Exception {
        upstream = new ScriptedUpstream();
        deployment = deployment()
                .upstream(upstream)
                .with("SERVICES_ORDER_SERVICE_DEADLINE", "3s")
                .with("SERVICES_USER_SERVICE_CIRCUIT_BREAKER", "false")
                .with("SERVICES_ORDER_SERVICE_CIRCUIT_BREAKER", "false")
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
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT,    400, VALIDATION_ERROR,      INVALID_ARGUMENT,        true",
        "NOT_FOUND,           404, NOT_FOUND_ERROR,       RESOURCE_NOT_FOUND,      true",
        "ALREADY_EXISTS,      409, CONFLICT_ERROR,        RESOURCE_ALREADY_EXISTS, true",
        "PERMISSION_DENIED,   403, AUTHORIZATION_ERROR,   PERMISSION_DENIED,       true",
        "UNAUTHENTICATED,     401, AUTHENTICATION_ERROR,  UNAUTHENTICATED,         true",
        "RESOURCE_EXHAUSTED,  429, RATE_LIMIT_ERROR,      RATE_LIMIT_EXCEEDED,     true",
        "FAILED_PRECONDITION, 400, PRECONDITION_ERROR,    PRECONDITION_FAILED,     true",
        "ABORTED,             409, CONFLICT_ERROR,        OPERATION_ABORTED,       true",
        "OUT_OF_RANGE,        400, VALIDATION_ERROR,      OUT_OF_RANGE,            true",
        "UNIMPLEMENTED,       501, NOT_IMPLEMENTED_ERROR, METHOD_NOT_IMPLEMENTED,  false",
        "INTERNAL,            500, INTERNAL_ERROR,        INTERNAL_SERVER_ERROR,   false",
        "UNAVAILABLE,         503, SERVICE_ERROR,         SERVICE_UNAVAILABLE,     false",
        "DATA_LOSS,           500, INTERNAL_ERROR,        DATA_LOSS,               false",
        "DEADLINE_EXCEEDED,   504, TIMEOUT_ERROR,         REQUEST_TIMEOUT,         false",
        "CANCELLED,           504, TIMEOUT_ERROR,         REQUEST_TIMEOUT,         false",
        "UNKNOWN,             500, INTERNAL_ERROR,        UNKNOWN_ERROR,           false",
    })
    void mapsEveryStatusAndPassesTheMessageOnOnlyForFaultsOfTheClient(
            Status.Code status, int http, String error, String code, boolean told) {
        upstream.register = failing(status.toStatus()
                .withDescription("said the upstream at 10.1.2.3")
                .asRuntimeException());

        Answer answer = client.post("/api/v1/users/register", REGISTRATION);

        assertThat(answer.status()).isEqualTo(http);
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.body().contains("said the upstream")).isEqualTo(told);
        assertThat(answer.header("X-Request-Id")).isNotEmpty();
        assertThat(answer.header("X-RateLimit-Limit")).isNotEmpty();
        assertThat(answer.header("WWW-Authenticate").startsWith("Bearer")).isEqualTo(http == 401);
    }

    @ParameterizedTest
    @CsvSource({"UNAUTHENTICATED", "NOT_FOUND"})
    void saysTheSameOfEveryFailedLogin(Status.Code status) {
        upstream.login = failing(
                status.toStatus().withDescription("no such account: ann").asRuntimeException());

        Answer answer =
                client.post("/api/v1/users/login", "{\"email\":\"ann@example.org\",\"password\":\"incorrect\"}");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(answer.body()).doesNotContain("no such account");
    }

    @ParameterizedTest
    @CsvSource({
        "0, queued,    202, ''",
        "0, confirmed, 200, ''",
        "5, confirmed, 200, ''",
        "5, '',        200, ''",
        "0, '',        202, ''",
        "1, '',        409, SOLD_OUT",
        "2, '',        409, ALREADY_IN_QUEUE",
        "3, '',        500, INTERNAL_SERVER_ERROR",
        "4, '',        503, QUEUE_FULL",
        "77, '',       500, INTERNAL_SERVER_ERROR",
    })
    void answersEveryOutcomeOfAPurchase(int outcome, String ticketStatus, int http, String code) {
        PurchaseResponse.Builder response = PurchaseResponse.newBuilder().setStatusValue(outcome);
        if (!ticketStatus.isEmpty()) {
            response.setTicket(Ticket.newBuilder().setId("t-1").setStatus(ticketStatus));
        }
        upstream.purchase = answering(response.build());

        Answer answer = purchase();

        assertThat(answer.status()).isEqualTo(http);
        if (code.isEmpty()) {
            assertThat(answer.json().at("/ticket/eventId").asText()).isEqualTo("rock-2026");
            assertThat(answer.json().at("/ticket/userId").asText()).isEqualTo("user-1");
            assertThat(answer.json().at("/ticket/status").asText()).isEqualTo(http == 200 ? "confirmed" : "queued");
            assertThat(answer.json().at("/ticket").has("id")).isEqualTo(!ticketStatus.isEmpty());
            assertThat(answer.json().at("/ticket").has("createdAt")).isFalse();
        } else {
            assertThat(answer.code()).isEqualTo(code);
            assertThat(answer.header("Retry-After").isEmpty()).isEqualTo(http != 503);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "user-2, rock-2026, user \"user-2\" (expected: \"user-1\")",
        "user-1, jazz-night, event \"jazz-night\" (expected: \"rock-2026\")"
    })
    void keepsTheTicketsOfOthersToItself(String user, String event, String fault) {
        upstream.purchase = answering(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .setTicket(Ticket.newBuilder()
                        .setId("ticket-of-another")
                        .setUserId(user)
                        .setEventId(event)
                        .setStatus("confirmed"))
                .build());

        List<String> causes = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getThrowableProxy() != null) {
                    causes.add(
                            event.getLevel() + " " + event.getThrowableProxy().getMessage());
                }
            }
        };
        Logger log = (Logger) LoggerFactory.getLogger("io.tollgate.runner.http.Errors");
        appender.start();
        log.addAppender(appender);
        Answer answer;
        try {
            answer = purchase();
        } finally {
            log.detachAppender(appender);
        }

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.code()).isEqualTo("INTERNAL_SERVER_ERROR");
        assertThat(answer.body()).doesNotContain("ticket-of-another", "user-2", "jazz-night");
        assertThat(causes)
                .contains(
                        "ERROR order-service PurchaseTicket: responded with ticket \"ticket-of-another\" of " + fault);
    }

    @Test
    void turnsFieldViolationsOfTheUpstreamIntoItsOwn() {
        upstream.register = failing(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.INVALID_ARGUMENT.value())
                .setMessage("not good")
                .addDetails(Any.pack(BadRequest.newBuilder()
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField("username")
                                .setDescription("is reserved"))
                        .build()))
                .build()));

        Answer answer = client.post("/api/v1/users/register", REGISTRATION);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/details/violations/0/field").asText()).isEqualTo("username");
        assertThat(answer.json().at("/details/violations/0/message").asText()).isEqualTo("is reserved");
    }

    @Test
    void turnsRetryInfoIntoRetryAfter() {
        upstream.purchase = failing(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(7))
                        .build()))
                .build()));

        Answer answer = purchase();

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("7");
    }

    @Test
    void namesAReusedIdempotencyKey() {
        upstream.purchase = failing(ScriptedUpstream.keyReused());

        Answer answer = purchase();

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void givesUpOnAServiceThatNeverAnswers() {
        upstream.purchase = hanging();

        Answer answer = purchase();

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.code()).isEqualTo("REQUEST_TIMEOUT");
    }

    @Test
    void treatsAnAnswerWithoutAUserAsAFaultOfTheService() {
        upstream.register = answering(RegisterResponse.getDefaultInstance());

        assertThat(client.post("/api/v1/users/register", REGISTRATION).status()).isEqualTo(500);
    }

    @Test
    void leavesTheRefreshTokenOutWhereTheServiceDoesNotRotate() {
        upstream.refresh = answering(
                RefreshTokenResponse.newBuilder().setAccessToken("a.b.c").build());

        Answer answer = client.post("/api/v1/users/refresh", "{\"refreshToken\":\"old\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"accessToken\":\"a.b.c\"}");
    }

    @Test
    void handsRequestIdTraceAndIdempotencyKeyToTheService() throws Exception {
        CompletableFuture<Metadata> metadata = new CompletableFuture<>();
        CompletableFuture<String> idempotencyKey = new CompletableFuture<>();
        upstream.purchase = (request, answer) -> {
            metadata.complete(ScriptedUpstream.METADATA.get());
            idempotencyKey.complete(request.getIdempotencyKey());
            answering(PurchaseResponse.newBuilder()
                            .setStatus(PurchaseResponse.Status.CONFIRMED)
                            .build())
                    .accept(request, answer);
        };
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        Answer answer = purchase("X-Request-Id", "abc-123", "traceparent", trace, "Idempotency-Key", "key-1");

        assertThat(answer.header("X-Request-Id")).isEqualTo("abc-123");
        Metadata seen = metadata.get(10, TimeUnit.SECONDS);
        assertThat(seen.get(Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("abc-123");
        assertThat(seen.get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo(trace);
        assertThat(idempotencyKey.get(10, TimeUnit.SECONDS)).isEqualTo("key-1");
    }

    @Test
    void makesAnIdempotencyKeyForARequestWithoutOne() throws Exception {
        CompletableFuture<String> idempotencyKey = new CompletableFuture<>();
        upstream.purchase = (request, answer) -> {
            idempotencyKey.complete(request.getIdempotencyKey());
            answering(PurchaseResponse.newBuilder()
                            .setStatus(PurchaseResponse.Status.CONFIRMED)
                            .build())
                    .accept(request, answer);
        };

        purchase();

        assertThat(idempotencyKey.get(10, TimeUnit.SECONDS)).isNotEmpty();
    }

    private Answer purchase(String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + deployment.token("user-1");
        return client.send("POST", "/api/v1/tickets/rock-2026/purchase", BodyPublishers.noBody(), all);
    }
}
