package io.tollgate.examples.services.order;

import static io.tollgate.examples.services.server.TestClient.detail;
import static io.tollgate.examples.services.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.examples.services.server.TestClient;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OrderServiceTest {
    private static OrderServiceServer server;
    private static TestClient client;

    @BeforeAll
    static void start() {
        server = OrderServiceServer.builder()
                .port(0)
                .events(Map.of("rock-2026", 1000, "other", 1000, "two-left", 2, "last-one", 1, "sold-out-show", 0))
                .start();
        client = new TestClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void confirmsAPurchaseWithItsTicket() {
        Instant before = Instant.now();

        PurchaseResponse response = buy("rock-2026", "ada", "key-1");

        assertThat(response.getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
        assertThat(UUID.fromString(response.getTicket().getId())).isNotNull();
        assertThat(response.getTicket().getEventId()).isEqualTo("rock-2026");
        assertThat(response.getTicket().getUserId()).isEqualTo("ada");
        assertThat(response.getTicket().getStatus()).isEqualTo("confirmed");
        assertThat(response.getTicket().getCreatedAt().getSeconds())
                .isBetween(before.getEpochSecond(), before.getEpochSecond() + 120);
    }

    @Test
    void saysSoldOutAsAStatusWithoutATicket() {
        PurchaseResponse response = buy("sold-out-show", "ada", "key-sold-out");

        assertThat(response.getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);
        assertThat(response.hasTicket()).isFalse();
    }

    @Test
    void sellsWhatThereIsAndNoMore() {
        assertThat(buy("two-left", "ada", "").getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
        assertThat(buy("two-left", "bob", "").getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
        assertThat(buy("two-left", "eve", "").getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);
    }

    @Test
    void doesNotKnowAnEventThatWasNeverPlanned() {
        StatusRuntimeException refusal = refusal(() -> buy("unknown", "ada", ""));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void answersTheSameKeyWithTheSameTicket() {
        PurchaseResponse first = buy("rock-2026", "bob", "same");

        assertThat(buy("rock-2026", "bob", "same")).isEqualTo(first);
    }

    @Test
    void answersTheSameKeyWithTheSameTicketAfterTheEventSoldOut() {
        PurchaseResponse first = buy("last-one", "bob", "the-last");
        assertThat(buy("last-one", "eve", "too-late").getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);

        assertThat(buy("last-one", "bob", "the-last")).isEqualTo(first);
    }

    @Test
    void keepsTheKeysOfUsersApart() {
        PurchaseResponse ofAda = buy("rock-2026", "ada", "shared");

        PurchaseResponse ofBob = buy("rock-2026", "bob", "shared");

        assertThat(ofBob.getTicket().getId()).isNotEqualTo(ofAda.getTicket().getId());
    }

    @Test
    void refusesAKeyThatWasUsedForAnotherEvent() throws Exception {
        buy("rock-2026", "carol", "reused");

        StatusRuntimeException refusal = refusal(() -> buy("other", "carol", "reused"));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
        ErrorInfo info = detail(refusal, ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(info.getDomain()).isEqualTo("tollgate.io");
    }

    @Test
    void sellsAnotherTicketToAnOldClientThatSendsNoKey() {
        PurchaseRequest asOldClientsSendIt = PurchaseRequest.newBuilder()
                .setEventId("rock-2026")
                .setUserId("dave")
                .build();

        PurchaseResponse first = client.orders().purchaseTicket(asOldClientsSendIt);
        PurchaseResponse second = client.orders().purchaseTicket(asOldClientsSendIt);

        assertThat(first.getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
        assertThat(second.getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
        assertThat(second.getTicket().getId()).isNotEqualTo(first.getTicket().getId());
    }

    @Test
    void namesEveryFieldAtFault() throws Exception {
        StatusRuntimeException refusal = refusal(() -> buy("no/slash", "", "clé"));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(detail(refusal, BadRequest.class).getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactly("eventId", "userId", "idempotency_key");
    }

    @Test
    void refusesAnEventWithANegativeNumberOfTickets() {
        assertThatThrownBy(() -> OrderServiceServer.builder().events(Map.of("rock", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("event \"rock\": -1 tickets (expected: 0 or more)");
    }

    private static PurchaseResponse buy(String event, String user, String key) {
        return client.orders()
                .purchaseTicket(PurchaseRequest.newBuilder()
                        .setEventId(event)
                        .setUserId(user)
                        .setIdempotencyKey(key)
                        .build());
    }
}
