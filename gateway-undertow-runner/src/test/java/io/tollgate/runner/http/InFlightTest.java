package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.post;
import static io.tollgate.runner.http.TestGateway.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.runner.Gateway;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens between a request and its answer, with an order service that does what the event's name says. */
class InFlightTest {
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final ExecutorService LATER = Executors.newSingleThreadExecutor();
    private static final Orders ORDERS = new Orders();

    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.builder("server.http.write_timeout", "2s", "server.http.max_concurrent_requests", "8")
                .orders(ORDERS)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        LATER.shutdownNow();
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() {
        try (RawClient client = new RawClient(gateway.address())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                requests.append(purchase((i % 2 == 0 ? "later-" : "now-") + i, ""));
                requests.append(i % 5 == 0 ? HEALTH : "");
            }
            client.send(requests.toString());

            for (int i = 0; i < 50; i++) {
                assertThat(client.read().json().at("/ticket/eventId").asText()).endsWith("-" + i);
                if (i % 5 == 0) {
                    assertThat(client.read().json().path("status").asText()).isEqualTo("ok");
                }
            }
        }
    }

    @Test
    void keepsRequestsThatArriveWhileOneIsAnswered() {
        try (RawClient client = new RawClient(gateway.address())) {
            CompletableFuture<Purchase> first = ORDERS.hold("held-for-the-next");
            client.send(purchase("held-for-the-next", ""));
            ORDERS.awaitCall("held-for-the-next");
            String next = purchase("now-2", "") + HEALTH;
            client.send(next.substring(0, 30));
            client.send(next.substring(30));
            first.complete(confirmed("held-for-the-next"));

            assertThat(client.read().json().at("/ticket/eventId").asText()).isEqualTo("held-for-the-next");
            assertThat(client.read().json().at("/ticket/eventId").asText()).isEqualTo("now-2");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void answersAClientThatShutsDownItsOutputBehindItsRequest() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send(HEALTH + purchase("later-1", "")).shutdownOutput();

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void endsARequestWhoseAnswerDoesNotCome() {
        ORDERS.neverAnswer("never-1");
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse answer = client.send(purchase("never-1", "")).read();

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.code()).isEqualTo("REQUEST_TIMEOUT");
            assertThat(answer.header("X-RateLimit-Limit")).isNotNull();
            await().until(ORDERS.awaitCall("never-1").context()::isCancelled);
            assertThat(client.send(HEALTH).read().status()).isEqualTo(200);
        }
    }

    @Test
    void answersOnceWhenTheAnswerComesAfterItsTime() {
        CompletableFuture<Purchase> late = ORDERS.hold("late-1");
        try (RawClient client = new RawClient(gateway.address())) {
            assertThat(client.send(purchase("late-1", "")).read().status()).isEqualTo(504);
            late.complete(confirmed("late-1"));

            assertThat(client.send(HEALTH).read().json().path("status").asText())
                    .isEqualTo("ok");
        }
    }

    @Test
    void tellsTheServiceHowLongItHas() {
        ORDERS.hold("deadline-1").complete(confirmed("deadline-1"));
        RawClient.exchange(gateway.address(), purchase("deadline-1", ""));

        CallContext context = ORDERS.awaitCall("deadline-1").context();

        assertThat(context.deadlineNanos()).isPresent();
        assertThat(context.deadlineNanos().getAsLong() - System.nanoTime()).isLessThan(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void answersWhateverTheServiceThrows() {
        assertThat(failing("throws-1")).isEqualTo("500 INTERNAL_SERVER_ERROR");
        assertThat(failing("throws-error-1")).isEqualTo("500 INTERNAL_SERVER_ERROR");
        assertThat(failing("fails-1")).isEqualTo("500 INTERNAL_SERVER_ERROR");
        assertThat(failing("null-1")).isEqualTo("500 INTERNAL_SERVER_ERROR");
        assertThat(failing("null-stage-1")).isEqualTo("500 INTERNAL_SERVER_ERROR");
        assertThat(failing("sold-out-1")).isEqualTo("409 SOLD_OUT");
    }

    @Test
    void saysNothingOfTheCause() {
        RawResponse answer = RawClient.exchange(gateway.address(), purchase("throws-1", ""));

        assertThat(answer.body()).doesNotContain("marked", "Exception");
    }

    @Test
    void cancelsForAClientThatIsGone() {
        ORDERS.neverAnswer("gone-1");
        RawClient client = new RawClient(gateway.address());
        client.send(purchase("gone-1", ""));
        CallContext context = ORDERS.awaitCall("gone-1").context();
        long called = System.nanoTime();
        // Within 100 ms of the request it would be taken for a client that still waits for its answer.
        await().until(() -> System.nanoTime() - called > TimeUnit.MILLISECONDS.toNanos(120));

        client.close();

        await().until(context::isCancelled);
    }

    @Test
    void cancelsForAClientThatResets() {
        ORDERS.neverAnswer("reset-1");
        RawClient client = new RawClient(gateway.address());
        client.send(purchase("reset-1", ""));
        CallContext context = ORDERS.awaitCall("reset-1").context();

        client.reset();

        await().until(context::isCancelled);
    }

    @Test
    void servesOthersWhileOneSendsHalfARequest() {
        try (RawClient half = new RawClient(gateway.address())) {
            half.send("POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Le");

            assertThat(RawClient.exchange(gateway.address(), HEALTH).status()).isEqualTo(200);
        }
    }

    @Test
    void limitsHowManyRequestsAreInFlight() {
        try (Gateway small = TestGateway.builder("server.http.max_concurrent_requests", "1")
                        .orders(ORDERS)
                        .start();
                RawClient first = new RawClient(small.address())) {
            CompletableFuture<Purchase> held = ORDERS.hold("held-small");
            first.send(purchase("held-small", ""));
            ORDERS.awaitCall("held-small");

            RawResponse refused = RawClient.exchange(small.address(), purchase("now-1", ""));
            RawResponse health = RawClient.exchange(small.address(), HEALTH);
            held.complete(confirmed("held-small"));
            assertThat(first.read().status()).isEqualTo(200);
            RawResponse after = RawClient.exchange(small.address(), purchase("now-1", ""));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("OVERLOADED");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(health.status()).isEqualTo(200);
            assertThat(after.status()).isEqualTo(200);
        }
    }

    @Test
    void aRequestThatNeverEndsDoesNotCountForever() {
        try (Gateway small = TestGateway.builder(
                        "server.http.max_concurrent_requests", "1", "server.http.write_timeout", "100ms")
                .orders(ORDERS)
                .start()) {
            ORDERS.neverAnswer("never-small");
            assertThat(RawClient.exchange(small.address(), purchase("never-small", ""))
                            .status())
                    .isEqualTo(504);

            assertThat(RawClient.exchange(small.address(), purchase("now-1", ""))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void readsABodyOnAnotherThreadsBehalf() {
        // The limiter answers on a thread of its own, and the body is not there yet.
        try (Gateway remote = TestGateway.builder()
                        .tokens(token -> {
                            throw new AssertionError();
                        })
                        .rateLimiter(check -> CompletableFuture.supplyAsync(
                                () -> io.tollgate.ratelimit.LocalRateLimiter.builder()
                                        .build()
                                        .decideNow(check),
                                LATER))
                        .start();
                RawClient client = new RawClient(remote.address())) {
            String request = post("/api/v1/users/login", "{\"email\":\"ann@example.org\",\"password\":\"secret-1\"}");
            for (int i = 0; i < 3; i++) {
                client.send(request.substring(0, request.length() - 20));
                client.send(request.substring(request.length() - 20));

                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    private static String failing(String event) {
        RawResponse answer = RawClient.exchange(gateway.address(), purchase(event, ""));
        return answer.status() + " " + answer.code();
    }

    private static Purchase confirmed(String event) {
        return new Purchase(
                Purchase.Status.CONFIRMED,
                new Ticket(Optional.empty(), event, "user-1", "confirmed", Optional.empty()));
    }

    private record Call(TicketPurchase purchase, CallContext context) {}

    private static final class Orders implements OrderGateway {
        private final Map<String, CompletableFuture<Purchase>> held = new ConcurrentHashMap<>();
        private final Map<String, BlockingQueue<Call>> calls = new ConcurrentHashMap<>();

        CompletableFuture<Purchase> hold(String event) {
            return held.computeIfAbsent(event, e -> new CompletableFuture<>());
        }

        void neverAnswer(String event) {
            held.put(event, new CompletableFuture<>());
        }

        Call awaitCall(String event) {
            try {
                Call call = queue(event).poll(20, TimeUnit.SECONDS);
                assertThat(call).isNotNull();
                return call;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private BlockingQueue<Call> queue(String event) {
            return calls.computeIfAbsent(event, e -> new LinkedBlockingQueue<>());
        }

        @Override
        public CompletionStage<Purchase> purchase(TicketPurchase purchase, CallContext context) {
            String event = purchase.eventId();
            queue(event).add(new Call(purchase, context));
            CompletableFuture<Purchase> waiting = held.get(event);
            if (waiting != null) {
                return waiting;
            }
            String what = event.substring(0, event.lastIndexOf('-'));
            return switch (what) {
                case "throws" -> throw new IllegalStateException("marked");
                case "throws-error" -> throw new AssertionError("marked");
                case "fails" -> CompletableFuture.failedStage(new IllegalStateException("marked"));
                case "null" -> CompletableFuture.completedStage(null);
                case "null-stage" -> null;
                case "sold-out" -> CompletableFuture.failedStage(GatewayException.of(OrderError.SOLD_OUT, "Sold out."));
                case "later" -> {
                    CompletableFuture<Purchase> later = new CompletableFuture<>();
                    CompletableFuture.delayedExecutor(
                                    ThreadLocalRandom.current().nextInt(5), TimeUnit.MILLISECONDS, LATER)
                            .execute(() -> later.complete(confirmed(event)));
                    yield later;
                }
                default -> CompletableFuture.completedStage(confirmed(event));
            };
        }
    }
}
