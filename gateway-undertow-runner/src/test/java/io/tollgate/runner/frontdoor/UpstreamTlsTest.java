package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import io.tollgate.runner.GatewayStartException;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import io.tollgate.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS from the gateway to a service that demands a certificate, with files that change. */
class UpstreamTlsTest {
    private static final TestAuthority SERVICES = TestAuthority.create("Authority of services");
    private static final TestAuthority CLIENTS = TestAuthority.create("Authority of clients");
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private TlsFiles files;
    private ScriptedUpstream service;

    @BeforeEach
    void start() throws IOException {
        write(SERVICES.issue("orders.internal"), "service");
        write(CLIENTS.issue("gateway"), "gateway");
        Files.writeString(folder.resolve("clients.crt"), CLIENTS.pem());
        Files.writeString(folder.resolve("services.crt"), SERVICES.pem());
        files = TlsFiles.builder()
                .certificate(folder.resolve("service.crt"), folder.resolve("service.key"))
                .authorities(folder.resolve("clients.crt"))
                .interval(Duration.ofMillis(20))
                .build();
        service = new ScriptedUpstream(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.newBuilder()
                        .keyManager(files.keyManager())
                        .trustManager(files.trustManager())
                        .clientAuth(ClientAuth.REQUIRE)
                        .build());
        service.purchase = (request, observer) -> {
            observer.onNext(PurchaseResponse.newBuilder()
                    .setStatus(PurchaseResponse.Status.CONFIRMED)
                    .setTicket(Ticket.newBuilder()
                            .setId("t-1")
                            .setEventId(request.getEventId())
                            .setUserId(request.getUserId())
                            .setStatus("confirmed"))
                    .build());
            observer.onCompleted();
        };
    }

    @AfterEach
    void stop() {
        service.close();
        files.close();
    }

    private void write(TestCertificate certificate, String name) throws IOException {
        certificate.write(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }

    private Deployment.Builder gateway() {
        return Deployment.builder()
                .upstream(service)
                .with("RATE_LIMIT_DEFAULT_POLICY", "false")
                .with("SERVICES_ORDER_SERVICE_TLS_ENABLED", "true")
                .with(
                        "SERVICES_ORDER_SERVICE_TLS_CA",
                        folder.resolve("services.crt").toString())
                .with(
                        "SERVICES_ORDER_SERVICE_TLS_CERT",
                        folder.resolve("gateway.crt").toString())
                .with(
                        "SERVICES_ORDER_SERVICE_TLS_KEY",
                        folder.resolve("gateway.key").toString())
                .with("SERVICES_ORDER_SERVICE_TLS_SERVER_NAME", "orders.internal");
    }

    private static String buy(Deployment gateway) {
        return Buyers.purchase(gateway.client(), gateway.token("u-1"));
    }

    private static void awaitCause(Deployment gateway, String cause) {
        await().atMost(WITHIN)
                .untilAsserted(() -> assertThat(
                                ReadinessTest.component(gateway.admin().get("/health/ready"), "order-service")
                                        .path("detail")
                                        .asText())
                        .contains("cannot be reached", cause));
    }

    @Test
    void buysByMutualTls() throws Exception {
        try (Deployment gateway = gateway().start()) {
            assertThat(buy(gateway)).isEqualTo("200");
            assertThat(gateway.admin().get("/metrics").body())
                    .contains(
                            "tollgate_tls_certificate_expiry_seconds{section=\"services.order_service\"}",
                            "tollgate_tls_stale{section=\"services.order_service\"} 0");
        }
    }

    @Test
    void isUnavailableAndSaysWhyIfTheServiceHasAnotherName() throws Exception {
        try (Deployment gateway = gateway()
                .with("SERVICES_ORDER_SERVICE_TLS_SERVER_NAME", "other.internal")
                .start()) {
            assertThat(buy(gateway)).isEqualTo("503 SERVICE_UNAVAILABLE");
            awaitCause(gateway, "other.internal");
        }
    }

    @Test
    void isUnavailableAndSaysWhyIfTheCertificateOfTheServiceHasExpired() throws Exception {
        Instant now = Instant.now();
        write(SERVICES.issue(now.minusSeconds(7_200), now.minusSeconds(3_600), "orders.internal"), "expired");
        try (TlsFiles expired = TlsFiles.builder()
                        .certificate(folder.resolve("expired.crt"), folder.resolve("expired.key"))
                        .build();
                ScriptedUpstream old = new ScriptedUpstream(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TlsServerCredentials.newBuilder()
                                .keyManager(expired.keyManager())
                                .build());
                Deployment gateway = gateway().upstream(old).start()) {
            assertThat(buy(gateway)).isEqualTo("503 SERVICE_UNAVAILABLE");
            awaitCause(gateway, "NotAfter");
        }
    }

    /** The service gets another authority for its clients and a new certificate; the gateway gets one of that authority. */
    @Test
    void newConnectionsUseTheFilesAsTheyAreThen() throws Exception {
        try (Deployment gateway = gateway().start()) {
            assertThat(buy(gateway)).isEqualTo("200");
            TestAuthority next = TestAuthority.create("Next authority of clients");
            Files.writeString(folder.resolve("clients.crt"), next.pem());
            write(SERVICES.issue("orders.internal"), "service");
            await().atMost(WITHIN).until(() -> files.state().generation() > 1);
            assertThat(buy(gateway)).as("over the connection that there is").isEqualTo("200");

            write(next.issue("gateway"), "gateway");
            int port = service.port();
            service.close();
            start(port);
            await().atMost(WITHIN).until(() -> buy(gateway).equals("200"));
        }
    }

    private void start(int port) throws IOException {
        ScriptedUpstream before = service;
        service = new ScriptedUpstream(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                TlsServerCredentials.newBuilder()
                        .keyManager(files.keyManager())
                        .trustManager(files.trustManager())
                        .clientAuth(ClientAuth.REQUIRE)
                        .build());
        service.purchase = before.purchase;
    }

    @Test
    void doesNotStartWithFilesThatCannotBeUsed() throws IOException {
        Files.delete(folder.resolve("gateway.key"));

        assertThatThrownBy(() -> gateway().start().close())
                .isInstanceOf(GatewayStartException.class)
                .hasMessageStartingWith("services.order_service.tls: ")
                .hasMessageContaining("gateway.key: there is no such file");
    }
}
