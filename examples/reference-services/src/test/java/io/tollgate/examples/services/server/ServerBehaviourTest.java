package io.tollgate.examples.services.server;

import static io.tollgate.examples.services.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

class ServerBehaviourTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private static final PurchaseRequest PURCHASE =
            PurchaseRequest.newBuilder().setEventId("rock").setUserId("ada").build();

    private final String database = "jdbc:h2:mem:" + UUID.randomUUID() + ";LOCK_TIMEOUT=60000";

    @Test
    void reportsItsHealth() {
        try (OrderServiceServer server = start();
                TestClient client = new TestClient(server.port())) {
            assertThat(health(client, "")).isEqualTo(ServingStatus.SERVING);
            assertThat(health(client, "order.OrderService")).isEqualTo(ServingStatus.SERVING);
            assertThat(refusal(() -> health(client, "unknown")).getStatus().getCode())
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void finishesACallInFlightAndTakesNoNewOnesWhenItShutsDown() throws Exception {
        OrderServiceServer server = start();
        try (TestClient client = new TestClient(server.port());
                TestClient late = new TestClient(server.port());
                HeldRow held = HeldRow.of(database, "events", "id = 'rock'")) {
            WatchedHealth watched = WatchedHealth.of(client);
            watched.awaitStatus(ServingStatus.SERVING);
            var inFlight = OrderServiceGrpc.newFutureStub(client.channel()).purchaseTicket(PURCHASE);
            held.awaitWaiting(1);

            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close, THREADS);
            watched.awaitStatus(ServingStatus.NOT_SERVING);
            assertThat(refusal(() -> late.orders().purchaseTicket(PURCHASE))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(inFlight.isDone()).isFalse();
            assertThat(closing.isDone()).isFalse();
            held.release();

            assertThat(inFlight.get(60, TimeUnit.SECONDS).getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
            closing.get(60, TimeUnit.SECONDS);
        }
    }

    /** The drain timeout of this one is far beyond the timeout of the test. */
    @Test
    @Timeout(60)
    void isNotHeldUpByAClientThatWatchesItsHealth() {
        OrderServiceServer server = OrderServiceServer.builder()
                .port(0)
                .drainTimeout(Duration.ofHours(1))
                .start();
        try (TestClient client = new TestClient(server.port())) {
            WatchedHealth watched = WatchedHealth.of(client);
            watched.awaitStatus(ServingStatus.SERVING);

            server.close();

            watched.awaitStatus(ServingStatus.NOT_SERVING);
            await().until(() -> watched.ended.isDone());
        }
    }

    @Test
    void cancelsWhatIsStillInFlightWhenTheDrainTimeoutIsOver() throws Exception {
        OrderServiceServer server = builder().drainTimeout(Duration.ZERO).start();
        try (TestClient client = new TestClient(server.port());
                HeldRow held = HeldRow.of(database, "events", "id = 'rock'")) {
            var inFlight = OrderServiceGrpc.newFutureStub(client.channel()).purchaseTicket(PURCHASE);
            held.awaitWaiting(1);

            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close, THREADS);

            assertThatThrownBy(() -> inFlight.get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StatusRuntimeException.class);
            held.release();
            closing.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void saysNoMoreThanThatItFailedAndLogsWhyOnceWithTheRequestsId() throws Exception {
        String requestId = "req-" + UUID.randomUUID();
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Failures.class);
        logger.addAppender(logged);
        try (OrderServiceServer server = start();
                TestClient client = new TestClient(server.port());
                Connection outside = DriverManager.getConnection(database)) {
            outside.createStatement().execute("DROP TABLE tickets");

            Status status = refusal(() -> OrderServiceGrpc.newBlockingStub(client.channelWithRequestId(requestId))
                            .purchaseTicket(PURCHASE))
                    .getStatus();

            assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(status.getDescription()).isEqualTo("The service failed to handle the request.");
            List<ILoggingEvent> ofThisCall = List.copyOf(logged.list).stream()
                    .filter(event -> requestId.equals(event.getMDCPropertyMap().get("request_id")))
                    .toList();
            assertThat(ofThisCall).hasSize(1);
            assertThat(ofThisCall.get(0).getLevel()).isEqualTo(Level.ERROR);
            assertThat(ofThisCall.get(0).getThrowableProxy().getMessage()).contains("TICKETS");
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void asksToTryAgainWhenARowIsLockedForTooLong() throws Exception {
        String impatient = "jdbc:h2:mem:" + UUID.randomUUID() + ";LOCK_TIMEOUT=50";
        try (OrderServiceServer server = builder().databaseUrl(impatient).start();
                TestClient client = new TestClient(server.port());
                HeldRow held = HeldRow.of(impatient, "events", "id = 'rock'")) {
            Status status =
                    refusal(() -> client.orders().purchaseTicket(PURCHASE)).getStatus();

            assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(status.getDescription()).isEqualTo("The service is busy. Please try again.");
            held.release();
            assertThat(client.orders().purchaseTicket(PURCHASE).getStatus())
                    .isEqualTo(PurchaseResponse.Status.CONFIRMED);
        }
    }

    @Test
    void doesNotStartOnAPortInUse() {
        try (OrderServiceServer first = start()) {
            assertThatThrownBy(() -> OrderServiceServer.builder()
                            .port(first.port())
                            .start()
                            .close())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + first.port())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void canBeClosedTwice() {
        OrderServiceServer server = start();

        server.close();
        server.close();
    }

    private OrderServiceServer start() {
        return builder().start();
    }

    private OrderServiceServer.Builder builder() {
        return OrderServiceServer.builder().port(0).databaseUrl(database).events(Map.of("rock", 10));
    }

    private static ServingStatus health(TestClient client, String service) {
        return client.health()
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    /** What a client that watches is told. */
    private static final class WatchedHealth implements StreamObserver<HealthCheckResponse> {
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        private volatile ServingStatus last = ServingStatus.UNKNOWN;

        static WatchedHealth of(TestClient client) {
            WatchedHealth watched = new WatchedHealth();
            HealthGrpc.newStub(client.channel()).watch(HealthCheckRequest.getDefaultInstance(), watched);
            return watched;
        }

        void awaitStatus(ServingStatus expected) {
            await().until(() -> last == expected);
        }

        @Override
        public void onNext(HealthCheckResponse response) {
            last = response.getStatus();
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete(null);
        }

        @Override
        public void onCompleted() {
            ended.complete(null);
        }
    }
}
