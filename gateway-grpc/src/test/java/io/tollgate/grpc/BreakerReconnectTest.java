package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The counts that a breaker keeps or clears when connections end and come back. */
class BreakerReconnectTest {
    /** Four failures open it. */
    private static final BreakerSettings settings =
            new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2);

    @AutoClose
    private final TestServer server = new TestServer();

    @Test
    void forgetsWhatItCountedWhenTheConnectionIsBack() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(
                        new BreakerSettings(Duration.ofMinutes(10), 20, 50, Duration.ofMinutes(10), 2))
                .reconnectInterval(Duration.ofMillis(20)));
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        resultOf(purchase(upstream));
        server.stop();
        failTimes(18, upstream);
        server.startAgain();
        await().until(() -> upstream.connectivity() == Connectivity.READY);
        server.purchase = TestServer.failing(Status.UNAVAILABLE);

        failTimes(19, upstream);

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void countsOnWhenAServiceReplacesItsConnection() throws Exception {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Upstream upstream = Upstream.builder("test-service", "127.0.0.1", proxy.port())
                        .breaker(settings)
                        .build()) {
            server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
            resultOf(purchase(upstream));
            server.purchase = TestServer.failing(Status.UNAVAILABLE);
            for (int i = 0; i < 4; i++) {
                failTimes(1, upstream);
                int connections = proxy.accepted();
                proxy.hangUp();
                await().until(() -> proxy.accepted() > connections && upstream.connectivity() == Connectivity.READY);
            }

            assertThat(upstream.breakerState()).isNotEqualTo(BreakerState.CLOSED);
        }
    }

    @Test
    void opensWhenAServiceDiesOfEveryCall() throws Exception {
        Upstream upstream =
                server.upstream(builder -> builder.breaker(settings).reconnectInterval(Duration.ofMillis(20)));
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 5; i++) { // The first restart clears what was counted before it.
            failTimes(1, upstream);
            server.stop();
            await().until(() -> upstream.connectivity() == Connectivity.TRANSIENT_FAILURE);
            server.startAgain();
            await().until(() -> upstream.connectivity() == Connectivity.READY);
        }

        assertThat(upstream.breakerState()).isNotEqualTo(BreakerState.CLOSED);
    }

    private static void failTimes(int times, Upstream upstream) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(errorOf(purchase(upstream)).code()).isNotEqualTo(CommonError.CIRCUIT_OPEN);
        }
    }

    private static CompletionStage<Purchase> purchase(Upstream upstream) {
        return new GrpcOrderGateway(upstream)
                .purchase(new TicketPurchase("concert", "u-1", "key-1"), CallContext.create());
    }
}
