package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ReconnectorTest {
    private static final BreakerSettings open =
            new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 1);

    private final ManualTimer timer = new ManualTimer();
    private final Connection connection = new Connection();
    private final List<Boolean> outages = new ArrayList<>();

    @AutoClose
    private final TestServer server = new TestServer();

    @Test
    void triesOnceASecondHoweverLongTheOutage() {
        Reconnector reconnector = reconnector();
        reconnector.start();
        connection.become(ConnectivityState.CONNECTING);
        connection.become(ConnectivityState.TRANSIENT_FAILURE);

        timer.pass(Duration.ofMinutes(30));

        assertThat(connection.attempts).hasSizeBetween(30 * 60 * 9 / 10, 30 * 60 * 11 / 10);
        for (int i = 1; i < connection.attempts.size(); i++) {
            assertThat(connection.attempts.get(i) - connection.attempts.get(i - 1))
                    .as("pause %s", i)
                    .isBetween(
                            Duration.ofMillis(750).toNanos(),
                            Duration.ofMillis(1_250).toNanos());
        }
    }

    @Test
    void stopsTryingOnceItIsConnected() {
        Reconnector reconnector = reconnector();
        reconnector.start();
        connection.become(ConnectivityState.TRANSIENT_FAILURE);
        timer.pass(Duration.ofSeconds(10));
        connection.become(ConnectivityState.READY);
        int before = connection.attempts.size();

        timer.pass(Duration.ofHours(1));

        assertThat(before).isPositive();
        assertThat(connection.attempts).hasSize(before);
    }

    @Test
    void leavesTheFirstConnectionToTheFirstCall() {
        reconnector().start();

        timer.pass(Duration.ofHours(1));

        assertThat(connection.attempts).isEmpty();
        assertThat(connection.requests).isZero();
    }

    @Test
    void triesOnceASecondForBackendsThatAreLostWhileOthersServe() {
        Reconnector reconnector = reconnector();
        reconnector.start();
        connection.become(ConnectivityState.READY);
        for (int i = 0; i < 60; i++) {
            reconnector.backendLost();
            reconnector.backendLost();
            timer.pass(Duration.ofSeconds(2));
        }

        assertThat(connection.attempts).hasSize(60);
    }

    @Test
    void takesAnAttemptThatHangsForAnOutage() {
        Reconnector reconnector = reconnector();
        reconnector.start();
        connection.become(ConnectivityState.CONNECTING);
        timer.pass(Duration.ofMillis(1_999));
        connection.become(ConnectivityState.READY);
        assertThat(outages).isEmpty();

        connection.become(ConnectivityState.CONNECTING);
        timer.pass(Duration.ofSeconds(2));
        connection.become(ConnectivityState.READY);
        assertThat(outages).containsExactly(true);
    }

    @Test
    void tellsAnOutageFromAConnectionThatIsReplaced() {
        Reconnector reconnector = reconnector();
        reconnector.start();
        connection.become(ConnectivityState.READY);
        connection.become(ConnectivityState.IDLE);
        connection.become(ConnectivityState.CONNECTING);
        connection.become(ConnectivityState.READY);
        connection.become(ConnectivityState.IDLE);
        connection.become(ConnectivityState.TRANSIENT_FAILURE);
        connection.become(ConnectivityState.READY);

        assertThat(outages).containsExactly(false, true);
    }

    /** gRPC waits for the other end until its keepalive fails, after 35 seconds. */
    @Test
    void makesAnotherAttemptWhereTheOtherEndAcceptsAndSaysNothing() throws Exception {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Upstream upstream = Upstream.builder("test-service", "127.0.0.1", proxy.port())
                        .connectTimeout(Duration.ofMillis(500))
                        .build()) {
            proxy.stall();
            upstream.connect();
            await().until(() -> proxy.accepted() > 0);
            proxy.abandon();
            proxy.resume();

            await().until(() -> upstream.connectivity() == Connectivity.READY);
        }
    }

    @Test
    void connectsAgainWithoutACallWhenTheConnectionIsLost() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.reconnectInterval(Duration.ofMillis(20)));
        upstream.connect();
        await().until(() -> upstream.connectivity() == Connectivity.READY);

        server.stop();
        await().until(() -> upstream.connectivity() == Connectivity.TRANSIENT_FAILURE);
        server.startAgain();

        await().until(() -> upstream.connectivity() == Connectivity.READY);
    }

    /** With gRPC's own pauses the tenth attempt would come after 3 minutes, the twentieth after 20. */
    @Test
    void goesOnTryingAtTheSamePace() throws Exception {
        try (FaultyProxy nobody = new FaultyProxy(1); // accepts, and resets since nobody listens there
                Upstream upstream = Upstream.builder("test-service", "127.0.0.1", nobody.port())
                        .reconnectInterval(Duration.ofMillis(20))
                        .build()) {
            upstream.connect();

            await().until(() -> nobody.accepted() >= 20);
        }
    }

    @Test
    void usesAServiceAgainAtOnceThoughTheBreakerWouldBeOpenForMinutes() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(open).reconnectInterval(Duration.ofMillis(20)));
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        resultOf(purchase(upstream));
        server.stop();
        for (int i = 0; i < 4; i++) {
            errorOf(purchase(upstream));
        }
        assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.CIRCUIT_OPEN);

        server.startAgain();

        await().until(() -> upstream.breakerState() == BreakerState.HALF_OPEN);
        resultOf(purchase(upstream));
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    /** Keepalive would notice it after 35 seconds, and the breaker when half of the calls of 10 seconds have failed. */
    @Test
    void replacesAConnectionWhoseOtherEndIsGone() throws Exception {
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Upstream upstream = Upstream.builder("test-service", "127.0.0.1", proxy.port())
                        .deadline(Duration.ofSeconds(2))
                        .withoutBreaker()
                        .build()) {
            // The first call may take long on a busy machine.
            await().ignoreExceptions().untilAsserted(() -> resultOf(purchase(upstream)));
            int connections = proxy.accepted();
            proxy.abandon();

            List<CompletionStage<?>> lost = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                lost.add(purchase(upstream));
            }
            for (CompletionStage<?> one : lost) {
                assertThat(errorOf(one).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
            }

            await().ignoreExceptions().untilAsserted(() -> resultOf(purchase(upstream)));
            assertThat(proxy.accepted()).isGreaterThan(connections);
        }
    }

    private Reconnector reconnector() {
        return new Reconnector(
                connection,
                timer,
                Reconnector.INTERVAL,
                Reconnector.CONNECT_TIMEOUT,
                afterOutage -> outages.add(afterOutage));
    }

    private static CompletionStage<?> purchase(Upstream upstream) {
        return new GrpcOrderGateway(upstream)
                .purchase(new TicketPurchase("concert", "u-1", "key-1"), CallContext.create());
    }

    /** A channel whose state the test decides, which notes when it was to connect. */
    private final class Connection extends ManagedChannel {
        private final List<Long> attempts = new ArrayList<>();
        private ConnectivityState state = ConnectivityState.IDLE;
        private Runnable watcher = () -> {};
        private int requests;

        void become(ConnectivityState next) {
            state = next;
            watcher.run();
        }

        @Override
        public ConnectivityState getState(boolean connect) {
            requests += connect && state == ConnectivityState.IDLE ? 1 : 0;
            return state;
        }

        @Override
        public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
            assertThat(source).isEqualTo(state);
            watcher = callback;
        }

        @Override
        public void resetConnectBackoff() {
            attempts.add(timer.nanoTime());
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            throw new AssertionError("no call is made");
        }

        @Override
        public String authority() {
            return "test";
        }
    }
}
