package io.tollgate.examples.services.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.HeldRow;
import io.tollgate.examples.services.server.Race;
import io.tollgate.examples.services.server.TestClient;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BuyersRaceTest {
    private static final int BUYERS = 64;
    private static final String DATABASE = "jdbc:h2:mem:race-" + UUID.randomUUID() + ";LOCK_TIMEOUT=60000";

    private static OrderServiceServer server;
    private static TestClient client;

    @BeforeAll
    static void start() {
        server = OrderServiceServer.builder()
                .port(0)
                .databaseUrl(DATABASE)
                .events(Map.of(
                        "scarce", 40, "plenty", 1000, "single", 1, "gone", 0, "east", 1000, "west", 1000, "held", 1000))
                .start();
        client = new TestClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void sellsExactlyTheStockToManyBuyersAtOnce() throws Exception {
        List<PurchaseResponse.Status> outcomes =
                Race.of(BUYERS, i -> () -> buy("scarce", "user-" + i, "").getStatus());

        assertThat(outcomes)
                .filteredOn(PurchaseResponse.Status.CONFIRMED::equals)
                .hasSize(40);
        assertThat(outcomes)
                .filteredOn(PurchaseResponse.Status.SOLD_OUT::equals)
                .hasSize(BUYERS - 40);
        assertThat(remaining("scarce")).isZero();
        assertThat(tickets("scarce")).isEqualTo(40);
    }

    @Test
    void sellsOneTicketToManyCallsWithOneKey() throws Exception {
        List<String> tickets = Race.of(
                BUYERS, i -> () -> buy("plenty", "ada", "one-key").getTicket().getId());

        assertThat(tickets).doesNotContain("");
        assertThat(tickets.stream().distinct()).hasSize(1);
        assertThat(remaining("plenty")).isEqualTo(999);
        assertThat(tickets("plenty")).isEqualTo(1);
    }

    @Test
    void sellsOneTicketToCallsWithOneKeyOfWhichNoneHasSeenTheOthersTicket() throws Exception {
        int atOnce = Database.CONNECTIONS;
        List<Future<PurchaseResponse>> calls = new ArrayList<>();
        try (HeldRow held = HeldRow.of(DATABASE, "events", "id = 'held'")) {
            for (int i = 0; i < atOnce; i++) {
                calls.add(OrderServiceGrpc.newFutureStub(client.channel())
                        .purchaseTicket(purchase("held", "ada", "one-key-held")));
            }
            held.awaitWaiting(atOnce);
            held.release();
        }

        Set<String> tickets = new HashSet<>();
        for (Future<PurchaseResponse> call : calls) {
            tickets.add(call.get(60, TimeUnit.SECONDS).getTicket().getId());
        }
        assertThat(tickets).hasSize(1).doesNotContain("");
        assertThat(remaining("held")).isEqualTo(999);
        assertThat(tickets("held")).isEqualTo(1);
    }

    @Test
    void givesTheLastTicketToEveryCallWithTheKeyThatBoughtIt() throws Exception {
        List<PurchaseResponse> responses = Race.of(BUYERS, i -> () -> buy("single", "ada", "one-key-last-ticket"));

        assertThat(responses).allMatch(r -> r.getStatus() == PurchaseResponse.Status.CONFIRMED);
        assertThat(responses.stream().distinct()).hasSize(1);
        assertThat(remaining("single")).isZero();
    }

    @Test
    void sellsNothingOfASoldOutEventToCallsWithOneKey() throws Exception {
        List<PurchaseResponse.Status> outcomes = Race.of(
                BUYERS, i -> () -> buy("gone", "ada", "one-key-sold-out").getStatus());

        assertThat(outcomes).containsOnly(PurchaseResponse.Status.SOLD_OUT);
        assertThat(tickets("gone")).isZero();
    }

    @Test
    void letsOneOfTwoEventsWinWhenTheyShareAKey() throws Exception {
        List<String> outcomes = Race.of(BUYERS, i -> () -> {
            String event = i % 2 == 0 ? "east" : "west";
            try {
                return buy(event, "ada", "two-events").getTicket().getId();
            } catch (StatusRuntimeException e) {
                return e.getStatus().getCode().name();
            }
        });

        assertThat(outcomes).filteredOn(Status.Code.ABORTED.name()::equals).hasSize(BUYERS / 2);
        assertThat(outcomes.stream().distinct()).hasSize(2);
        assertThat(remaining("east") + remaining("west")).isEqualTo(1999);
    }

    private static PurchaseResponse buy(String event, String user, String key) {
        return client.orders().purchaseTicket(purchase(event, user, key));
    }

    private static PurchaseRequest purchase(String event, String user, String key) {
        return PurchaseRequest.newBuilder()
                .setEventId(event)
                .setUserId(user)
                .setIdempotencyKey(key)
                .build();
    }

    private static int remaining(String event) throws Exception {
        return number("SELECT remaining FROM events WHERE id = '" + event + "'");
    }

    private static int tickets(String event) throws Exception {
        return number("SELECT COUNT(*) FROM tickets WHERE event_id = '" + event + "'");
    }

    private static int number(String query) throws Exception {
        try (Connection connection = DriverManager.getConnection(DATABASE);
                ResultSet row = connection.createStatement().executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }
}
