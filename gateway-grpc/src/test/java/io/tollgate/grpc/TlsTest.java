package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path directory;

    private static KeyStore keys;
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        keys = selfSigned(directory.resolve("keys.p12"));
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, PASSWORD);
        server = Grpc.newServerBuilderForPort(
                        0,
                        TlsServerCredentials.newBuilder()
                                .keyManager(keyManagers.getKeyManagers())
                                .build())
                .addService(new Orders())
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        server.shutdownNow();
    }

    @Test
    void speaksTlsWithAnAuthorityOfItsOwn() throws Exception {
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(keys);
        try (Upstream upstream = Upstream.builder("order-service", "localhost", server.getPort())
                .credentials(TlsChannelCredentials.newBuilder()
                        .trustManager(trustManagers.getTrustManagers())
                        .build())
                .build()) {
            assertThat(resultOf(purchase(upstream)).status()).isEqualTo(Purchase.Status.CONFIRMED);
        }
    }

    @Test
    void refusesACertificateThatTheJvmDoesNotTrust() throws Exception {
        try (Upstream upstream = Upstream.builder("order-service", "localhost", server.getPort())
                .tls()
                .build()) {
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

    /** A key and a certificate for localhost, made by the JDK's own tool. */
    private static KeyStore selfSigned(Path file) throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();

        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        // What is trusted must be an entry of its own.
        store.setCertificateEntry("authority", store.getCertificate("server"));
        return store;
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
