package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static io.tollgate.grpc.TestServer.answering;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcOrderGatewayTest {
    private static final TestServer server = new TestServer();
    private static final Upstream upstream = server.upstream().build();
    private static final GrpcOrderGateway orders = new GrpcOrderGateway(upstream);

    private static final TicketPurchase wish = new TicketPurchase("concert", "u-1", "key-1");
    private static final io.tollgate.grpc.order.Ticket ticket = io.tollgate.grpc.order.Ticket.newBuilder()
            .setId("t-1")
            .setEventId("concert")
            .setUserId("u-1")
            .setStatus("confirmed")
            .setCreatedAt(Timestamp.newBuilder().setSeconds(1_700_000_000))
            .build();

    @AfterAll
    static void stop() {
        upstream.close();
        server.close();
    }

    @Test
    void buysATicket() throws Exception {
        AtomicReference<PurchaseRequest> seen = new AtomicReference<>();
        server.purchase = (request, observer) -> {
            seen.set(request);
            TestServer.answer(
                    observer,
                    PurchaseResponse.newBuilder()
                            .setStatus(PurchaseResponse.Status.CONFIRMED)
                            .setTicket(ticket)
                            .build());
        };

        Purchase purchase = resultOf(orders.purchase(wish, CallContext.create()));

        assertThat(seen.get())
                .isEqualTo(PurchaseRequest.newBuilder()
                        .setEventId("concert")
                        .setUserId("u-1")
                        .setIdempotencyKey("key-1")
                        .build());
        assertThat(purchase)
                .isEqualTo(new Purchase(
                        Purchase.Status.CONFIRMED,
                        new Ticket(
                                Optional.of("t-1"),
                                "concert",
                                "u-1",
                                "confirmed",
                                Optional.of(Instant.ofEpochSecond(1_700_000_000)))));
    }

    @ParameterizedTest
    @CsvSource({"CONFIRMED, CONFIRMED, confirmed", "QUEUED, QUEUED, queued"})
    void fillsAMissingTicketFromTheRequest(PurchaseResponse.Status status, Purchase.Status expected, String word)
            throws Exception {
        Purchase purchase = answerTo(PurchaseResponse.newBuilder().setStatus(status));

        assertThat(purchase)
                .isEqualTo(
                        new Purchase(expected, new Ticket(Optional.empty(), "concert", "u-1", word, Optional.empty())));
    }

    @Test
    void fillsTheEmptyFieldsOfATicketFromTheRequest() throws Exception {
        Purchase purchase = answerTo(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .setTicket(io.tollgate.grpc.order.Ticket.newBuilder().setId("t-1")));

        assertThat(purchase.ticket())
                .isEqualTo(new Ticket(Optional.of("t-1"), "concert", "u-1", "confirmed", Optional.empty()));
    }

    @Test
    void takesAQueuedPurchaseWithAConfirmedTicketForConfirmed() throws Exception {
        Purchase purchase = answerTo(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.QUEUED)
                .setTicket(ticket));

        assertThat(purchase.status()).isEqualTo(Purchase.Status.CONFIRMED);
        assertThat(purchase.ticket().id()).contains("t-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"queued", "pending", "CONFIRMED", ""})
    void takesAQueuedPurchaseWithAnyOtherTicketForQueued(String status) throws Exception {
        Purchase purchase = answerTo(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.QUEUED)
                .setTicket(ticket.toBuilder().setStatus(status)));

        assertThat(purchase.status()).isEqualTo(Purchase.Status.QUEUED);
        assertThat(purchase.ticket().status()).isEqualTo(status.isEmpty() ? "queued" : status);
    }

    @Test
    void leavesATimeOutThatIsNone() throws Exception {
        Purchase purchase = answerTo(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .setTicket(
                        ticket.toBuilder().setCreatedAt(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))));

        assertThat(purchase.ticket().createdAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"SOLD_OUT, SOLD_OUT", "ALREADY_IN_QUEUE, ALREADY_IN_QUEUE"})
    void refusesAPurchaseThatIsInConflict(PurchaseResponse.Status status, OrderError expected) throws Exception {
        GatewayException error = refusalOf(PurchaseResponse.newBuilder().setStatus(status));

        assertThat(error.code()).isEqualTo(expected);
        assertThat(error.retryAfter()).isEmpty();
    }

    @Test
    void asksToComeBackWhenTheQueueIsFull() throws Exception {
        GatewayException error = refusalOf(PurchaseResponse.newBuilder().setStatus(PurchaseResponse.Status.QUEUE_FULL));

        assertThat(error.code()).isEqualTo(OrderError.QUEUE_FULL);
        assertThat(error.retryAfter()).contains(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(ints = {PurchaseResponse.Status.ERROR_VALUE, 6, 99, -1, Integer.MIN_VALUE})
    void takesAnErrorOrAnUnknownNumberForAFault(int number) throws Exception {
        GatewayException error = refusalOf(PurchaseResponse.newBuilder().setStatusValue(number));

        assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(error.getCause()).hasMessage("test-service PurchaseTicket: responded with status number " + number);
    }

    @ParameterizedTest
    @CsvSource({
        "u-2, concert, CONFIRMED, user \"u-2\" (expected: \"u-1\")",
        "u-1, opera, CONFIRMED, event \"opera\" (expected: \"concert\")",
        "u-2, '', QUEUED, user \"u-2\" (expected: \"u-1\")",
        "'', Concert, QUEUED, event \"Concert\" (expected: \"concert\")",
    })
    void takesATicketOfAnotherUserOrEventForAFault(
            String user, String event, PurchaseResponse.Status status, String fault) throws Exception {
        GatewayException error = refusalOf(PurchaseResponse.newBuilder()
                .setStatus(status)
                .setTicket(ticket.toBuilder().setUserId(user).setEventId(event)));

        assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(error.getMessage()).doesNotContain("u-2", "opera", "Concert");
        assertThat(error.getCause())
                .hasMessage("test-service PurchaseTicket: responded with ticket \"t-1\" of " + fault);
    }

    @Test
    void writesTheIdsOfAForeignTicketOnOneLine() throws Exception {
        GatewayException error = refusalOf(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .setTicket(ticket.toBuilder().setUserId("u-2\nWARN forged " + "x".repeat(10_000))));

        assertThat(error.getCause().getMessage())
                .startsWith("test-service PurchaseTicket: responded with ticket \"t-1\" of user \"u-2")
                .doesNotContain("\n")
                .hasSizeLessThan(500);
    }

    private static Purchase answerTo(PurchaseResponse.Builder answer) throws Exception {
        server.purchase = answering(answer.build());
        return resultOf(orders.purchase(wish, CallContext.create()));
    }

    private static GatewayException refusalOf(PurchaseResponse.Builder answer) throws Exception {
        server.purchase = answering(answer.build());
        return errorOf(orders.purchase(wish, CallContext.create()));
    }
}
