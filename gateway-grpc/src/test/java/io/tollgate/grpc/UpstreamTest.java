package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    @Test
    void tellsWhetherItIsConnected() {
        TestServer server = new TestServer();
        Upstream upstream = server.upstream().build();
        assertThat(upstream.connectivity()).isEqualTo(Connectivity.IDLE);

        upstream.connect();
        await().until(() -> upstream.connectivity() == Connectivity.READY);

        server.close();
        await().until(() -> upstream.connectivity() == Connectivity.TRANSIENT_FAILURE);

        upstream.close();
        assertThat(upstream.connectivity()).isEqualTo(Connectivity.SHUTDOWN);
    }

    @Test
    void connectsAgainWhenTheServiceIsBack() throws Exception {
        TestServer first = new TestServer();
        int port = first.port();
        first.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        try (Upstream upstream = first.upstream().build()) {
            resultOf(purchase(upstream));
            first.close();
            await().until(() -> errorOf(purchase(upstream)).code() == CommonError.SERVICE_UNAVAILABLE);

            try (TestServer second = new TestServer(port)) {
                second.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());

                await().atMost(Duration.ofSeconds(30))
                        .until(() -> purchase(upstream)
                                .handle((value, error) -> error == null)
                                .toCompletableFuture()
                                .get(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void letsACallInFlightFinishWhenClosed() throws Exception {
        try (TestServer server = new TestServer()) {
            CompletableFuture<StreamObserver<PurchaseResponse>> held = new CompletableFuture<>();
            server.purchase = (request, observer) -> held.complete(observer);
            Upstream upstream =
                    server.upstream().closeTimeout(Duration.ofSeconds(30)).build();
            CompletionStage<Purchase> stage = purchase(upstream);
            StreamObserver<PurchaseResponse> observer = resultOf(held);

            CompletableFuture<Void> closing = CompletableFuture.runAsync(upstream::close, THREADS);
            await().until(() -> upstream.connectivity() == Connectivity.SHUTDOWN);
            assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            assertThat(closing).isNotDone();
            TestServer.answer(observer, PurchaseResponse.getDefaultInstance());

            assertThat(resultOf(stage).status()).isEqualTo(Purchase.Status.QUEUED);
            resultOf(closing);
        }
    }

    @Test
    void endsAtOnceWhenInterruptedWhileClosing() throws Exception {
        try (TestServer server = new TestServer()) {
            CompletableFuture<Void> arrived = new CompletableFuture<>();
            server.purchase = (request, observer) -> arrived.complete(null);
            Upstream upstream = server.upstream()
                    .deadline(Duration.ofMinutes(10))
                    .closeTimeout(Duration.ofMinutes(10))
                    .build();
            CompletionStage<Purchase> stage = purchase(upstream);
            resultOf(arrived);

            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                upstream.close();
                closed.complete(Thread.currentThread().isInterrupted());
            });
            thread.start();
            await().until(() -> upstream.connectivity() == Connectivity.SHUTDOWN);
            thread.interrupt();

            assertThat(resultOf(closed)).isTrue();
            assertThat(errorOf(stage).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
    }

    @Test
    void closesTwiceAsWellAsOnce() {
        Upstream upstream =
                Upstream.builder("order-service", "localhost", 50052).build();

        upstream.close();

        assertThatCode(upstream::close).doesNotThrowAnyException();
    }

    @Test
    void servesAnIpv6Address() {
        try (Upstream plain = Upstream.builder("s", "::1", 50051).build();
                Upstream bracketed = Upstream.builder("s", "[::1]", 50051).build()) {
            assertThat(plain).hasToString("Upstream[s, [::1]:50051, IDLE, breaker CLOSED]");
            assertThat(bracketed).hasToString("Upstream[s, [::1]:50051, IDLE, breaker CLOSED]");
        }
    }

    @Test
    void findsTheServiceByNameAndSpreadsCallsOverItsAddresses() throws Exception {
        try (TestServer server = new TestServer();
                Upstream upstream = Upstream.builder("test-service", "localhost", server.port())
                        .loadBalancing(LoadBalancing.ROUND_ROBIN)
                        .build()) {
            server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());

            assertThat(resultOf(purchase(upstream)).status()).isEqualTo(Purchase.Status.QUEUED);
        }
    }

    @Test
    void listsItsBackendWithItsState() {
        try (TestServer server = new TestServer();
                Upstream upstream = server.upstream().build()) {
            String address = "127.0.0.1:" + server.port();
            List<Backend> before = upstream.backends();
            assertThat(before).containsExactly(new Backend(address, Connectivity.IDLE, Optional.empty()));
            assertThatThrownBy(() -> before.remove(0)).isInstanceOf(UnsupportedOperationException.class);

            upstream.connect();
            await().until(() -> upstream.connectivity() == Connectivity.READY);

            assertThat(upstream.backends()).containsExactly(new Backend(address, Connectivity.READY, Optional.empty()));
            assertThat(before).containsExactly(new Backend(address, Connectivity.IDLE, Optional.empty()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "http://users",
                "users:50051",
                "users/path",
                "users,orders",
                "-users",
                "[::1",
                "::1]",
                "[users]",
                "a\nb"
            })
    void refusesAHostThatIsNone(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upstream.builder("s", host, 50051))
                .withMessage(
                        "host: \"" + host + "\" (expected: a host name or an IP address, without a scheme or a port)");
    }

    @Test
    void refusesSettingsThatCannotBeRight() {
        UpstreamBuilder builder = Upstream.builder("s", "localhost", 50051);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upstream.builder("s", "localhost", 0))
                .withMessage("port: 0 (expected: 1 to 65535)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upstream.builder("s", "localhost", 65_536))
                .withMessage("port: 65536 (expected: 1 to 65535)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upstream.builder(" ", "localhost", 1))
                .withMessage("name: \" \" (expected: not blank)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.deadline(Duration.ZERO))
                .withMessage("deadline: PT0S (expected: PT0.001S to PT1H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.keepaliveTime(Duration.ofSeconds(9)))
                .withMessage("keepaliveTime: PT9S (expected: PT10S to PT24H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.keepaliveTimeout(Duration.ofSeconds(-1)))
                .withMessage("keepaliveTimeout: PT-1S (expected: PT0.01S to PT1H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxInboundMessageSize(1))
                .withMessage("maxInboundMessageSize: 1 (expected: 1024 to 67108864)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.closeTimeout(Duration.ofDays(1)))
                .withMessage("closeTimeout: PT24H (expected: PT0S to PT1H)");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.deadline(null))
                .withMessage("deadline");
    }

    private static CompletionStage<Purchase> purchase(Upstream upstream) {
        return new GrpcOrderGateway(upstream)
                .purchase(new TicketPurchase("concert", "u-1", "key-1"), CallContext.create());
    }
}
