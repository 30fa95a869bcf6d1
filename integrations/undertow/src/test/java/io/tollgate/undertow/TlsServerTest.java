package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import io.tollgate.tls.ClientAuth;
import io.tollgate.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that speaks TLS only. */
class TlsServerTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test authority");

    @TempDir
    private Path directory;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private UndertowServer server;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : closeables) {
            closeable.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void start(ClientAuth auth) throws Exception {
        start(auth, UndertowServer.builder());
    }

    /** Starts a server that responds with the name of the client. */
    private void start(ClientAuth auth, UndertowServer.Builder builder) throws Exception {
        start(
                auth,
                builder,
                request -> CompletableFuture.completedStage(HttpResponse.of(
                        200,
                        "text/plain",
                        request.clientCertificate()
                                .map(client -> client.getSubjectX500Principal().getName())
                                .orElse("anonymous")
                                .getBytes(UTF_8))));
    }

    private void start(ClientAuth auth, UndertowServer.Builder builder, HttpEndpoint endpoint) throws Exception {
        AUTHORITY.issue("localhost").write(directory.resolve("tls.crt"), directory.resolve("tls.key"));
        Files.writeString(directory.resolve("ca.crt"), AUTHORITY.pem());
        TlsFiles files = TlsFiles.builder()
                .certificate(directory.resolve("tls.crt"), directory.resolve("tls.key"))
                .authorities(directory.resolve("ca.crt"))
                .clientAuth(auth)
                .interval(Duration.ofMillis(20))
                .build();
        closeables.add(files);
        server = builder.host("127.0.0.1")
                .ioThreads(1)
                .tls(files.serverContext())
                .drainIdleTimeout(Duration.ZERO)
                .endpoint(endpoint)
                .start();
    }

    /** Returns the context of a client that trusts the authority, and has a certificate if there is one. */
    private TlsFiles client(TestCertificate certificate) throws IOException {
        Path files = Files.createTempDirectory(directory, "client");
        Files.writeString(files.resolve("ca.crt"), AUTHORITY.pem());
        TlsFiles.Builder builder = TlsFiles.builder().authorities(files.resolve("ca.crt"));
        if (certificate != null) {
            certificate.write(files.resolve("tls.crt"), files.resolve("tls.key"));
            builder.certificate(files.resolve("tls.crt"), files.resolve("tls.key"));
        }
        TlsFiles client = builder.build();
        closeables.add(client);
        return client;
    }

    private HttpClient http(HttpClient.Version version, TestCertificate certificate) throws IOException {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(client(certificate).clientContext())
                .build();
    }

    private HttpRequest get(String path) {
        return HttpRequest.newBuilder(
                        URI.create("https://localhost:" + server.address().getPort() + path))
                .build();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void speaksTheVersionThatTheClientPrefers(HttpClient.Version version) throws Exception {
        start(ClientAuth.NONE, UndertowServer.builder().strictTransportSecurity("max-age=60"));
        HttpClient client = http(version, null);

        for (int i = 0; i < 3; i++) {
            var response = client.send(get("/"), BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo("anonymous");
            assertThat(response.headers().firstValue("strict-transport-security"))
                    .hasValue("max-age=60");
        }
        assertThat(server.stats().connections()).isEqualTo(1);
    }

    @Test
    void speaksHttp11IfHttp2IsNotOffered() throws Exception {
        start(ClientAuth.NONE, UndertowServer.builder().http2(false));

        var response = http(HttpClient.Version.HTTP_2, null).send(get("/"), BodyHandlers.ofString());

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void tellsWhoTheClientIs(HttpClient.Version version) throws Exception {
        start(ClientAuth.OPTIONAL);

        assertThat(http(version, AUTHORITY.issue("alice"))
                        .send(get("/"), BodyHandlers.ofString())
                        .body())
                .isEqualTo("CN=alice");
        assertThat(http(version, null).send(get("/"), BodyHandlers.ofString()).body())
                .isEqualTo("anonymous");
    }

    @Test
    void rejectsClientsWithoutACertificateThatIsTrusted() throws Exception {
        start(ClientAuth.REQUIRED);
        TestCertificate stranger = TestAuthority.create("Another authority").issue("alice");
        TestCertificate expired = AUTHORITY.issue(Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "alice");
        var version = HttpClient.Version.HTTP_2;

        for (TestCertificate certificate : new TestCertificate[] {null, stranger, expired}) {
            assertThatThrownBy(() -> http(version, certificate).send(get("/"), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
        assertThat(http(version, AUTHORITY.issue("alice"))
                        .send(get("/"), BodyHandlers.ofString())
                        .body())
                .isEqualTo("CN=alice");
        await().untilAsserted(
                        () -> assertThat(server.stats().failedHandshakes()).isEqualTo(3));
    }

    @Test
    void respondsInTheClearToARequestInTheClear() throws Exception {
        start(ClientAuth.NONE);
        try (StreamClient client = new StreamClient(server.address())) {
            assertThat(client.get("/").head()).startsWith("HTTP/1.1 400 ").doesNotContain("Strict-Transport-Security");
            assertThat(new String(client.rest(), UTF_8)).contains("INVALID_REQUEST", "HTTPS");
        }
    }

    @Test
    void endsConnectionsWhoseHandshakeDoesNotFinish() throws Exception {
        start(ClientAuth.NONE, UndertowServer.builder().headTimeout(Duration.ofMillis(100)));
        try (StreamClient client = new StreamClient(server.address())) {
            client.send("\u0016\u0003\u0001\u0000\u00ff\u0001");
            assertThat(client.isCut()).isTrue();
        }
        await().untilAsserted(
                        () -> assertThat(server.stats().failedHandshakes()).isEqualTo(1));
    }

    @Test
    void shutsDownWithoutWaitingForHandshakesThatDoNotFinish() throws Exception {
        Duration never = Duration.ofMinutes(10);
        start(ClientAuth.NONE, UndertowServer.builder().headTimeout(never).drainTimeout(never));
        try (StreamClient client = new StreamClient(server.address())) {
            client.send("\u0016");
            await().until(() -> server.stats().connections() == 1);
            Thread closing = new Thread(server::close);
            closing.start();

            assertThat(client.isCut()).isTrue();
            closing.join();
        }
    }

    @Test
    void endsConnectionsThatSayNothing() throws Exception {
        start(ClientAuth.NONE, UndertowServer.builder().idleTimeout(Duration.ofMillis(100)));
        try (StreamClient client = new StreamClient(server.address())) {
            assertThat(client.isCut()).isTrue();
        }
    }

    @Test
    void closesUnfinishedHandshakesToMakeRoom() throws Exception {
        start(ClientAuth.NONE, UndertowServer.builder().maxConnections(2).maxConnectionsPerAddress(2));
        try (StreamClient first = new StreamClient(server.address());
                StreamClient second = new StreamClient(server.address())) {
            first.send("\u0016\u0003");
            second.send("\u0016\u0003");
            await().until(() -> server.stats().connections() == 2);

            assertThat(http(HttpClient.Version.HTTP_2, null)
                            .send(get("/"), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.stats().evicted(ServerLimit.CONNECTIONS)
                            + server.stats().evicted(ServerLimit.CONNECTIONS_PER_ADDRESS))
                    .isPositive();
        }
    }

    @Test
    void doesNotRenegotiate() throws Exception {
        start(ClientAuth.NONE);
        try (SSLSocket socket = socket("TLSv1.2")) {
            socket.startHandshake();
            socket.getSession().invalidate();
            socket.startHandshake(); // Only begins.
            try {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
                socket.getInputStream().readAllBytes(); // Ends, although the connection could be kept.
            } catch (IOException e) {
                assertThat(e)
                        .isNotInstanceOf(SocketTimeoutException.class); // It may also end before the request is read.
            }
        }
        await().untilAsserted(() -> assertThat(server.stats().connections()).isZero());
    }

    private SSLSocket socket(String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) client(null)
                .clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.address().getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Undertow takes a hundred records that wait, without the one before being read to the end, for a loop. */
    @Test
    void takesManySmallRecords() throws Exception {
        start(ClientAuth.NONE);
        try (SSLSocket socket = socket("TLSv1.3")) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            FrameClient client = new FrameClient(socket).greet();
            for (int i = 0; i < 1_000; i++) {
                client.frame(Http2Frame.PING, 0, 0, new byte[8]);
            }
            for (int id = 1; id < 180; id += 2) {
                client.get(id, "/");
            }
            for (int id = 1; id < 180; id += 2) {
                assertThat(client.response(id).body()).isEqualTo("anonymous");
            }
        }
    }

    @Test
    void writesAllOfAResponseToAClientThatReadsSlowly() throws Exception {
        byte[] content = new byte[WholeResponse.MAX_BODY];
        Arrays.fill(content, (byte) 'x');
        start(
                ClientAuth.NONE,
                UndertowServer.builder().sendBufferSize(1024),
                request -> CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", content)));
        Socket narrow = new Socket();
        narrow.setReceiveBufferSize(1024);
        narrow.setSoTimeout(20_000);
        narrow.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.address().getPort()));
        try (Socket socket = client(null)
                .clientContext()
                .getSocketFactory()
                .createSocket(narrow, "localhost", server.address().getPort(), true)) {
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) socket.getInputStream().read());
                }
                assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(socket.getInputStream().readNBytes(content.length)).isEqualTo(content);
            }
        }
    }

    @Test
    void usesNewCertificatesForNewConnectionsAndKeepsTheOthers() throws Exception {
        start(ClientAuth.NONE);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        List<CompletableFuture<Void>> loads = new ArrayList<>();
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpClient kept = http(version, null);
            CompletableFuture<Void> load = new CompletableFuture<>();
            loads.add(load);
            new Thread(() -> {
                        try {
                            while (!stop.get()) {
                                assertThat(kept.send(get("/"), BodyHandlers.ofString())
                                                .statusCode())
                                        .isEqualTo(200);
                                served.incrementAndGet();
                            }
                            load.complete(null);
                        } catch (Throwable e) {
                            load.completeExceptionally(e);
                        }
                    })
                    .start();
        }
        for (int i = 0; i < 50; i++) {
            TestCertificate next = AUTHORITY.issue("localhost", "generation-" + i);
            next.write(directory.resolve("tls.crt"), directory.resolve("tls.key"));
            await().until(() -> presented().equals(next.chain().get(0)));
        }
        int before = served.get();
        await().until(() -> served.get() > before + 10);
        stop.set(true);

        for (CompletableFuture<Void> load : loads) {
            load.get();
        }
        assertThat(server.stats().connections())
                .isLessThanOrEqualTo(3); // Two that were kept, and perhaps the last look.
    }

    /** Returns the certificate that a new connection sees. */
    private X509Certificate presented() throws IOException {
        try (SSLSocket socket = socket("TLSv1.3")) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
