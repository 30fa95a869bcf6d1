package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.api.CallContext;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.grpc.BreakerSettings;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.Upstream;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The connection, the breaker and the calls of an upstream to a real order service. */
class UpstreamMetricsTest {
    private static final String CALLS = "rpc.client.call.duration";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final OrderServiceServer orders =
            OrderServiceServer.builder().port(0).events(Map.of("jazz", 2)).start();
    private final Upstream upstream = Upstream.builder("order-service", "127.0.0.1", orders.port())
            .intercept(new CallMetrics(registry, "order-service", "127.0.0.1", orders.port()))
            .breaker(new BreakerSettings(Duration.ofSeconds(10), 5, 50, Duration.ofMinutes(1), 3))
            .build();

    @AfterEach
    void stop() {
        upstream.close();
        orders.close();
    }

    @Test
    void measuresCallsByMethodAndStatus() {
        buy("jazz");
        buy("jazz");
        buy("blues");

        assertThat(calls("OK").count()).isEqualTo(2);
        assertThat(calls("OK").totalTime(TimeUnit.NANOSECONDS)).isPositive();
        assertThat(calls("NOT_FOUND").count()).isEqualTo(1);
        assertThat(registry.get(CALLS)
                        .tag("rpc.response.status_code", "OK")
                        .timer()
                        .getId()
                        .getTags())
                .extracting(tag -> tag.getKey() + "=" + tag.getValue())
                .containsExactlyInAnyOrder(
                        "rpc.system.name=grpc",
                        "server.address=127.0.0.1:" + orders.port(),
                        "upstream=order-service",
                        "rpc.method=order.OrderService/PurchaseTicket",
                        "rpc.response.status_code=OK");
    }

    @Test
    void measuresTheStatesThatHold() {
        new UpstreamMetrics(upstream).bindTo(registry);
        assertThat(state("tollgate.upstream.state", "idle")).isEqualTo(1);

        buy("jazz");

        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(state("tollgate.upstream.state", "ready")).isEqualTo(1));
        assertThat(sum("tollgate.upstream.state")).isEqualTo(1);
        assertThat(state("tollgate.upstream.backends", "ready")).isEqualTo(1);
        assertThat(sum("tollgate.upstream.backends")).isEqualTo(1);
        assertThat(state("tollgate.breaker.state", "closed")).isEqualTo(1);
        assertThat(sum("tollgate.breaker.state")).isEqualTo(1);

        orders.close();
        Awaitility.await().untilAsserted(() -> {
            buy("jazz");
            assertThat(state("tollgate.breaker.state", "open")).isEqualTo(1);
        });
        assertThat(state("tollgate.upstream.state", "ready")).isZero();
        assertThat(calls("UNAVAILABLE").count()).isPositive();
    }

    @Test
    void measuresRetriesSentAndWithheld() {
        int port = orders.port();
        orders.close();
        try (Upstream retrying = Upstream.builder("order-service", "127.0.0.1", port)
                .retry(GrpcOrderGateway.PURCHASE)
                .withoutBreaker()
                .build()) {
            new UpstreamMetrics(retrying).bindTo(registry);
            Awaitility.await().untilAsserted(() -> {
                buy(retrying, "jazz");
                assertThat(retries("withheld")).isPositive();
            });
            assertThat((long) retries("sent")).isEqualTo(retrying.retries()).isGreaterThanOrEqualTo(10);
        }
    }

    private double retries(String outcome) {
        return registry.get("tollgate.upstream.retries")
                .tags("upstream", "order-service", "outcome", outcome)
                .functionCounter()
                .count();
    }

    /** Buys a ticket, or fails to. */
    private void buy(String event) {
        buy(upstream, event);
    }

    private static void buy(Upstream from, String event) {
        new GrpcOrderGateway(from)
                .purchase(new TicketPurchase(event, "ann", UUID.randomUUID().toString()), CallContext.create())
                .handle((purchase, failure) -> purchase)
                .toCompletableFuture()
                .join();
    }

    private Timer calls(String code) {
        return registry.get(CALLS).tag("rpc.response.status_code", code).timer();
    }

    private double state(String name, String state) {
        return registry.get(name)
                .tags("upstream", "order-service", "state", state)
                .gauge()
                .value();
    }

    private double sum(String name) {
        return registry.get(name).gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }
}
