package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.InsecureServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order service with three backends that come and go, behind a gateway. */
class BackendsTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private static Deployment.Builder gateway(List<Integer> ports) {
        return Deployment.builder()
                .with("REDIS_ENABLED", "false")
                .with("RATE_LIMIT_DEFAULT_POLICY", "false")
                .with(
                        "SERVICES_ORDER_SERVICE_HOST",
                        ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
    }

    /** Waits until readiness says so of the order service. */
    private static JsonNode awaitOrders(Client admin, Predicate<JsonNode> expected) {
        return await().atMost(WITHIN)
                .until(() -> ReadinessTest.component(admin.get("/health/ready"), "order-service"), expected);
    }

    private static boolean allServe(JsonNode orders) {
        return orders.path("backends").asText().equals("3")
                && orders.path("backends_out").asText().equals("0");
    }

    private static void confirm(PurchaseRequest request, StreamObserver<PurchaseResponse> observer) {
        observer.onNext(PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .setTicket(Ticket.newBuilder()
                        .setId("t-" + request.getIdempotencyKey())
                        .setEventId(request.getEventId())
                        .setUserId(request.getUserId())
                        .setStatus("confirmed"))
                .build());
        observer.onCompleted();
    }

    private static List<ScriptedUpstream> scripted(int count) throws Exception {
        List<ScriptedUpstream> backends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScriptedUpstream backend = new ScriptedUpstream();
            backend.purchase = BackendsTest::confirm;
            backends.add(backend);
        }
        return backends;
    }

    private static List<Integer> ports(List<ScriptedUpstream> backends) {
        return backends.stream().map(ScriptedUpstream::port).toList();
    }

    @Test
    void spreadsPurchasesAndGivesNoneToABackendThatReportsNotServing() throws Exception {
        List<ScriptedUpstream> backends = scripted(3);
        try (Deployment gateway = gateway(ports(backends)).start()) {
            awaitOrders(gateway.admin(), BackendsTest::allServe);
            String token = gateway.token("u-1");
            for (int i = 0; i < 30; i++) {
                assertThat(Buyers.purchase(gateway.client(), token)).isEqualTo("200");
            }
            assertThat(backends).extracting(backend -> backend.purchases.get()).containsExactly(10, 10, 10);

            ScriptedUpstream leaving = backends.get(1);
            leaving.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
            JsonNode orders = awaitOrders(
                    gateway.admin(), o -> o.path("backends_out").asText().equals("1"));
            assertThat(orders.path("status").asText()).isEqualTo("degraded");
            assertThat(orders.path("detail").asText())
                    .isEqualTo("connected, but not all backends: 127.0.0.1:" + leaving.port() + " reports NOT_SERVING");
            int before = leaving.purchases.get();
            for (int i = 0; i < 20; i++) {
                assertThat(Buyers.purchase(gateway.client(), token)).isEqualTo("200");
            }
            assertThat(leaving.purchases).hasValue(before);

            leaving.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
            await().atMost(WITHIN).until(() -> {
                assertThat(Buyers.purchase(gateway.client(), token)).isEqualTo("200");
                return leaving.purchases.get() > before;
            });
        } finally {
            backends.forEach(ScriptedUpstream::close);
        }
    }

    /** None is tried again here: the keys of purchases are not honoured. */
    @Test
    void threeBackendsRestartOneAfterTheOtherUnderLoadAndNoPurchaseFails() throws Exception {
        List<OrderServiceServer> backends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            backends.add(orderService(0));
        }
        List<Integer> ports = backends.stream().map(OrderServiceServer::port).toList();
        try (Deployment gateway = gateway(ports).start();
                Buyers buyers = new Buyers(gateway.client(), gateway.token("u-1"))) {
            awaitOrders(gateway.admin(), BackendsTest::allServe);
            for (int i = 0; i < 3; i++) {
                buyers.awaitMore(50);
                backends.get(i).close();
                buyers.awaitMore(50);
                backends.set(i, orderService(ports.get(i)));
                awaitOrders(gateway.admin(), BackendsTest::allServe);
            }
            buyers.awaitMore(50);

            assertThat(buyers.stop()).containsOnlyKeys("200");
        } finally {
            backends.forEach(OrderServiceServer::close);
        }
    }

    private static OrderServiceServer orderService(int port) {
        return OrderServiceServer.builder()
                .host("127.0.0.1")
                .port(port)
                .events(Map.of("rock-2026", 1_000_000))
                .start();
    }

    /** Purchases are tried again, as their keys are honoured: so none fails. */
    @Test
    void aBackendThatIsKilledOrStoppedUnderLoadFailsNoPurchaseThatMayBeTriedAgain() throws Exception {
        List<LedgerService> backends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            backends.add(LedgerService.start(folder, "orders-" + i));
        }
        try (Deployment gateway = gateway(
                                backends.stream().map(LedgerService::port).toList())
                        .with("SERVICES_ORDER_SERVICE_IDEMPOTENT", "true")
                        .with("SERVICES_ORDER_SERVICE_RETRY_BUDGET", "100")
                        .with("SERVICES_ORDER_SERVICE_DEADLINE", "30s")
                        .start();
                Buyers buyers = new Buyers(gateway.client(), gateway.token("u-1"))) {
            awaitOrders(gateway.admin(), BackendsTest::allServe);
            buyers.awaitMore(50);

            backends.get(0).kill();
            buyers.awaitMore(50);
            backends.get(0).launch();
            awaitOrders(gateway.admin(), BackendsTest::allServe);

            backends.get(1).suspend();
            JsonNode orders = awaitOrders(
                    gateway.admin(), o -> o.path("backends_out").asText().equals("1"));
            assertThat(orders.path("detail").asText())
                    .contains(":" + backends.get(1).port() + " does not respond");
            int before = backends.get(1).purchases();
            buyers.awaitMore(50);
            backends.get(1).resume();
            awaitOrders(gateway.admin(), BackendsTest::allServe);
            await().atMost(WITHIN).until(() -> backends.get(1).purchases() > before);

            Map<String, Integer> ends = buyers.stop();
            System.out.println("backends killed and stopped: " + ends);
            assertThat(ends).containsOnlyKeys("200");
        } finally {
            backends.forEach(LedgerService::close);
        }
    }

    /** The file of hosts is that of the JDK, which reads it for each look-up in the place of DNS. */
    @Test
    void findsBackendsThatAreAddedToDnsAndLeavesThoseThatAreRemoved() throws Exception {
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "127.0.0.2 orders.test\n");
        InetSocketAddress first = new InetSocketAddress("127.0.0.2", 0);
        try (ScriptedUpstream one = new ScriptedUpstream(first, InsecureServerCredentials.create());
                ScriptedUpstream two = new ScriptedUpstream(
                        new InetSocketAddress("127.0.0.3", one.port()), InsecureServerCredentials.create())) {
            one.purchase = BackendsTest::confirm;
            two.purchase = BackendsTest::confirm;
            Map<String, String> environment = new HashMap<>(Deployment.environment(one));
            environment.put("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
            environment.put("REDIS_ENABLED", "false");
            environment.put("SERVICES_ORDER_SERVICE_HOST", "orders.test");
            environment.put("SERVICES_ORDER_SERVICE_RESOLVE_INTERVAL", "1s");
            environment.put("SERVICES_USER_SERVICE_HOST", "127.0.0.2");
            try (GatewayProcess gateway = GatewayProcess.start(environment)) {
                Client client = new Client("http://127.0.0.1:" + gateway.awaitPort());
                String token = Deployment.mint("u-1");
                assertThat(Buyers.purchase(client, token)).isEqualTo("200");
                assertThat(two.purchases).hasValue(0);

                Files.writeString(hosts, "127.0.0.2 orders.test\n127.0.0.3 orders.test\n");
                await().atMost(WITHIN).until(() -> {
                    assertThat(Buyers.purchase(client, token)).isEqualTo("200");
                    return two.purchases.get() > 0;
                });

                Files.writeString(hosts, "127.0.0.3 orders.test\n");
                int[] before = {-1};
                await().atMost(WITHIN).pollInterval(Duration.ofMillis(200)).until(() -> {
                    int now = one.purchases.get();
                    boolean none = now == before[0];
                    before[0] = now;
                    for (int i = 0; i < 10; i++) {
                        assertThat(Buyers.purchase(client, token)).isEqualTo("200");
                    }
                    return none;
                });

                Files.writeString(hosts, "");
                for (int i = 0; i < 10; i++) {
                    assertThat(Buyers.purchase(client, token)).isEqualTo("200");
                }
                await().atMost(WITHIN).until(() -> gateway.output().contains("orders.test cannot be resolved"));
                assertThat(Buyers.purchase(client, token)).isEqualTo("200");
            }
        }
    }
}
