package io.tollgate.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutualTlsTest {
    private static final TestAuthority SERVERS = TestAuthority.create("Authority of servers");
    private static final TestAuthority CLIENTS = TestAuthority.create("Authority of clients");

    @TempDir
    private Path directory;

    private TlsFiles server(ClientAuth clientAuth) throws IOException {
        SERVERS.issue("localhost").write(directory.resolve("server.crt"), directory.resolve("server.key"));
        Files.writeString(directory.resolve("clients.crt"), CLIENTS.pem());
        return TlsFiles.builder()
                .certificate(directory.resolve("server.crt"), directory.resolve("server.key"))
                .authorities(directory.resolve("clients.crt"))
                .clientAuth(clientAuth)
                .interval(Duration.ofMillis(10))
                .build();
    }

    private TlsFiles client(TestCertificate certificate) throws IOException {
        certificate.write(directory.resolve("client.crt"), directory.resolve("client.key"));
        Files.writeString(directory.resolve("servers.crt"), SERVERS.pem());
        return TlsFiles.builder()
                .certificate(directory.resolve("client.crt"), directory.resolve("client.key"))
                .authorities(directory.resolve("servers.crt"))
                .interval(Duration.ofMillis(10))
                .build();
    }

    private TlsFiles anonymous() throws IOException {
        Files.writeString(directory.resolve("servers.crt"), SERVERS.pem());
        return TlsFiles.builder().authorities(directory.resolve("servers.crt")).build();
    }

    @Test
    void requiresACertificateOfTheAuthority() throws Exception {
        TestCertificate ada = CLIENTS.intermediate("Department").issue("ada");
        try (TlsFiles server = server(ClientAuth.REQUIRED);
                TlsFiles client = client(ada);
                TlsFiles nobody = anonymous()) {
            assertThat(Peers.connected(server.serverContext(), client.clientContext())
                            .certificateOfClient())
                    .isEqualTo(ada.chain().get(0));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> Peers.connected(server.serverContext(), nobody.clientContext()));
        }
        try (TlsFiles server = server(ClientAuth.REQUIRED);
                TlsFiles stranger = client(SERVERS.issue("ada"))) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> Peers.connected(server.serverContext(), stranger.clientContext()));
        }
    }

    @Test
    void anOptionalCertificateMayBeMissingAndNotWrong() throws Exception {
        try (TlsFiles server = server(ClientAuth.OPTIONAL);
                TlsFiles nobody = anonymous();
                TlsFiles stranger = client(SERVERS.issue("ada"))) {
            Peers peers = Peers.connected(server.serverContext(), nobody.clientContext());

            assertThatExceptionOfType(SSLPeerUnverifiedException.class).isThrownBy(peers::certificateOfClient);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> Peers.connected(server.serverContext(), stranger.clientContext()));
        }
    }

    @Test
    void aClientPresentsItsNewCertificate() throws Exception {
        TestCertificate next = CLIENTS.issue("ada");
        try (TlsFiles server = server(ClientAuth.REQUIRED);
                TlsFiles client = client(CLIENTS.issue("ada"))) {
            Peers.connected(server.serverContext(), client.clientContext());
            next.write(directory.resolve("client.crt"), directory.resolve("client.key"));
            await().until(() -> client.state().generation() == 2);

            assertThat(Peers.connected(server.serverContext(), client.clientContext())
                            .certificateOfClient())
                    .isEqualTo(next.chain().get(0));
        }
    }

    /** The client would resume its session, which was trusted for the authority before. */
    @Test
    void aSessionDoesNotOutliveTheAuthorityThatItWasTrustedFor() throws Exception {
        try (TlsFiles server = server(ClientAuth.REQUIRED);
                TlsFiles client = client(CLIENTS.issue("ada"))) {
            Peers.connected(server.serverContext(), client.clientContext());
            Files.writeString(
                    directory.resolve("clients.crt"),
                    TestAuthority.create("Next authority").pem());
            await().until(() -> server.state().generation() == 2);

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> Peers.connected(server.serverContext(), client.clientContext()));
        }
    }

    @Test
    void servesTheServerAndTheClientOfTheJdk() throws Exception {
        try (TlsFiles files = server(ClientAuth.REQUIRED);
                TlsFiles client = client(CLIENTS.issue("ada"));
                TlsFiles nobody = anonymous()) {
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(files.serverContext()));
            server.createContext("/", exchange -> {
                byte[] body = ((HttpsExchange) exchange)
                        .getSSLSession()
                        .getPeerPrincipal()
                        .getName()
                        .getBytes(UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(
                                "https://localhost:" + server.getAddress().getPort()))
                        .timeout(Duration.ofSeconds(60))
                        .build();
                assertThat(HttpClient.newBuilder()
                                .sslContext(client.clientContext())
                                .build()
                                .send(request, BodyHandlers.ofString())
                                .body())
                        .isEqualTo("CN=ada");
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> HttpClient.newBuilder()
                                .sslContext(nobody.clientContext())
                                .build()
                                .send(request, BodyHandlers.ofString()));
            } finally {
                server.stop(0);
            }
        }
    }
}
