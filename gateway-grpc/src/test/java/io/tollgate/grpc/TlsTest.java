package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test authority");

    @TempDir
    private Path directory;

    private Path authority;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        authority = Files.writeString(directory.resolve("ca.crt"), AUTHORITY.pem());
        server = server(AUTHORITY.issue("localhost"), ClientAuth.NONE);
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private Server server(TestCertificate certificate, ClientAuth clientAuth) throws IOException {
        Path chain = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        certificate.write(chain, key);
        return Grpc.newServerBuilderForPort(
                        0,
                        TlsServerCredentials.newBuilder()
                                .keyManager(chain.toFile(), key.toFile())
                                .trustManager(authority.toFile())
                                .clientAuth(clientAuth)
                                .build())
                .addService(new Orders())
                .build()
                .start();
    }

    private UpstreamBuilder upstream(String host) throws IOException {
        return Upstream.builder("order-service", host, server.getPort()).credentials(trusting());
    }

    private ChannelCredentials trusting() throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(authority.toFile())
                .build();
    }

    private static void assertUnavailable(Upstream upstream, String problem) throws Exception {
        assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(upstream.backends())
                .allSatisfy(backend -> assertThat(backend.problem().orElseThrow())
                        .startsWith("cannot be reached: ")
                        .contains(problem));
    }

    @Test
    void speaksTlsWithAnAuthorityOfItsOwn() throws Exception {
        try (Upstream upstream = upstream("localhost").build()) {
            assertThat(resultOf(purchase(upstream)).status()).isEqualTo(Purchase.Status.CONFIRMED);
        }
    }

    @Test
    void rejectsACertificateThatTheJvmDoesNotTrust() throws Exception {
        try (Upstream upstream = Upstream.builder("order-service", "localhost", server.getPort())
                .tls()
                .build()) {
            assertUnavailable(upstream, "unable to find valid certification path");
        }
    }

    @Test
    void rejectsACertificateOfAnotherNameUnlessThatIsExpected() throws Exception {
        try (Upstream upstream = upstream("127.0.0.1").build()) {
            assertUnavailable(upstream, "127.0.0.1");
        }
        try (Upstream upstream = upstream("127.0.0.1").serverName("localhost").build()) {
            assertThat(resultOf(purchase(upstream)).status()).isEqualTo(Purchase.Status.CONFIRMED);
        }
        try (Upstream upstream =
                upstream("localhost").serverName("orders.internal").build()) {
            assertUnavailable(upstream, "orders.internal");
        }
    }

    /** Each backend has the name by which it was given. */
    @Test
    void verifiesTheNameOfEachBackend() throws Exception {
        server.shutdownNow();
        server = server(AUTHORITY.issue("localhost", "127.0.0.1"), ClientAuth.NONE);
        try (Upstream upstream =
                upstream("localhost").backend("127.0.0.1", server.getPort()).build()) {
            for (int i = 0; i < 10; i++) {
                assertThat(resultOf(purchase(upstream)).status()).isEqualTo(Purchase.Status.CONFIRMED);
            }
            assertThat(upstream.backends())
                    .allMatch(backend -> backend.problem().isEmpty());
        }
    }

    @Test
    void saysThatACertificateHasExpired() throws Exception {
        server.shutdownNow();
        server = server(
                AUTHORITY.issue(Instant.now().minusSeconds(7_200), Instant.now().minusSeconds(3_600), "localhost"),
                ClientAuth.NONE);
        try (Upstream upstream = upstream("localhost").build()) {
            assertUnavailable(upstream, "NotAfter");
        }
    }

    @Test
    void presentsACertificateOfItsOwn() throws Exception {
        server.shutdownNow();
        server = server(AUTHORITY.issue("localhost"), ClientAuth.REQUIRE);
        Path chain = directory.resolve("client.crt");
        Path key = directory.resolve("client.key");
        AUTHORITY.issue("gateway").write(chain, key);

        try (Upstream upstream = upstream("localhost")
                .credentials(TlsChannelCredentials.newBuilder()
                        .trustManager(authority.toFile())
                        .keyManager(chain.toFile(), key.toFile())
                        .build())
                .build()) {
            assertThat(resultOf(purchase(upstream)).status()).isEqualTo(Purchase.Status.CONFIRMED);
        }
        try (Upstream upstream = upstream("localhost").build()) {
            assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
    }

    @Test
    void doesNotSpeakPlainTextToATlsServer() throws Exception {
        try (Upstream upstream =
                Upstream.builder("order-service", "localhost", server.getPort()).build()) {
            assertThat(errorOf(purchase(upstream)).code().isServerFault()).isTrue();
        }
    }

    private static CompletionStage<Purchase> purchase(Upstream upstream) {
        return new GrpcOrderGateway(upstream)
                .purchase(new TicketPurchase("concert", "u-1", "key-1"), CallContext.create());
    }

    private static final class Orders extends OrderServiceGrpc.OrderServiceImplBase {
        @Override
        public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> observer) {
            TestServer.answer(
                    observer,
                    PurchaseResponse.newBuilder()
                            .setStatus(PurchaseResponse.Status.CONFIRMED)
                            .build());
        }
    }
}
