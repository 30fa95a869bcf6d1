package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CallContext;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.runner.Gateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests in flight on one connection in HTTP/2. */
class Http2InFlightTest {
    private final Map<String, CallContext> calls = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Purchase>> purchases = new ConcurrentHashMap<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.builder("server.http.h2c", "true", "server.http.max_concurrent_requests", "40")
                .orders((purchase, context) -> {
                    calls.put(purchase.eventId(), context);
                    return purchases.computeIfAbsent(purchase.eventId(), event -> new CompletableFuture<>());
                })
                .start();
        HttpRequest first = HttpRequest.newBuilder(uri("/health")).build(); // Which upgrades the connection.
        assertThat(client.send(first, BodyHandlers.discarding()).version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + gateway.address().getPort() + path);
    }

    private CompletableFuture<HttpResponse<String>> purchase(String event) {
        return client.sendAsync(
                HttpRequest.newBuilder(uri("/api/v1/tickets/" + event + "/purchase"))
                        .header("Authorization", "Bearer " + TestGateway.TOKEN)
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private void complete(String event) {
        purchases
                .get(event)
                .complete(new Purchase(
                        Purchase.Status.CONFIRMED,
                        new Ticket(Optional.of("id"), event, "user-1", "confirmed", Optional.empty())));
    }

    @Test
    void respondsInTheOrderInWhichServicesDo() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            responses.add(purchase("event-" + i));
        }
        await().until(() -> purchases.size() == 30);
        for (int i = 29; i >= 0; i--) {
            complete("event-" + i);
            HttpResponse<String> response = responses.get(i).get();
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.body()).contains("\"eventId\":\"event-" + i + "\"");
        }
    }

    @Test
    void cancelsTheCallOfARequestThatIsReset() throws Exception {
        CompletableFuture<HttpResponse<String>> reset = purchase("reset");
        CompletableFuture<HttpResponse<String>> other = purchase("other");
        await().until(() -> calls.size() == 2);
        reset.cancel(true);

        await().until(() -> calls.get("reset").isCancelled());
        assertThat(calls.get("other").isCancelled()).isFalse();
        complete("other");
        assertThat(other.get().statusCode()).isEqualTo(200);
    }

    @Test
    void limitsConcurrentRequestsOfOneConnectionToo() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            responses.add(purchase("event-" + i));
        }
        await().until(() -> purchases.size() == 40
                && responses.stream().filter(CompletableFuture::isDone).count() == 10);
        List.copyOf(purchases.keySet()).forEach(this::complete);

        int overloaded = 0;
        for (CompletableFuture<HttpResponse<String>> response : responses) {
            overloaded += response.get().statusCode() == 503 ? 1 : 0;
        }
        assertThat(overloaded).isEqualTo(10);
    }
}
