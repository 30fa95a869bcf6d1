package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.runner.Gateway;
import io.tollgate.runner.GatewayStartException;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import io.tollgate.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose ports speak TLS. */
class TlsTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test authority");

    @TempDir
    private Path folder;

    private final List<TlsFiles> clients = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        AUTHORITY.issue("localhost").write(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        Files.writeString(folder.resolve("ca.crt"), AUTHORITY.pem());
    }

    @AfterEach
    void close() {
        clients.forEach(TlsFiles::close);
    }

    private Deployment.Builder deployment() {
        Deployment.Builder builder = Deployment.builder().with("REDIS_TOKEN_BUCKET_CAPACITY", "100000");
        for (String port : List.of("HTTP", "ADMIN")) {
            builder.with("SERVER_" + port + "_TLS_ENABLED", "true")
                    .with(
                            "SERVER_" + port + "_TLS_CERT",
                            folder.resolve("tls.crt").toString())
                    .with(
                            "SERVER_" + port + "_TLS_KEY",
                            folder.resolve("tls.key").toString())
                    .with(
                            "SERVER_" + port + "_TLS_CLIENT_CA",
                            folder.resolve("ca.crt").toString())
                    .with("SERVER_" + port + "_TLS_CLIENT_AUTH", "optional");
        }
        return builder;
    }

    private Client client(int port, @Nullable TestCertificate certificate) throws IOException {
        Path files = Files.createTempDirectory(folder, "client");
        TlsFiles.Builder builder = TlsFiles.builder().authorities(folder.resolve("ca.crt"));
        if (certificate != null) {
            certificate.write(files.resolve("tls.crt"), files.resolve("tls.key"));
            builder.certificate(files.resolve("tls.crt"), files.resolve("tls.key"));
        }
        TlsFiles client = builder.build();
        clients.add(client);
        return Client.inTls("https://localhost:" + port, null, client.clientContext());
    }

    @Test
    void speaksTlsAndNothingElse() throws Exception {
        try (Deployment deployment = deployment()
                        .with("SERVER_HTTP_HSTS_MAX_AGE", "365d")
                        .with("SERVER_HTTP_HSTS_INCLUDE_SUBDOMAINS", "true")
                        .start();
                RawConnection clear = new RawConnection(deployment.port())) {
            Answer answer = client(deployment.port(), null).get("/health");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Strict-Transport-Security")).isEqualTo("max-age=31536000; includeSubDomains");
            assertThat(answer.header("X-Request-Id")).isNotEmpty();
            assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("100000");

            clear.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            RawConnection.Response response = clear.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.body()).contains("\"code\":\"INVALID_REQUEST\"", "HTTPS");
            assertThat(response.headers().get("x-request-id")).isNotEmpty();
            assertThat(response.headers()).doesNotContainKey("strict-transport-security");
        }
    }

    @Test
    void limitsClientsByTheirCertificates() throws Exception {
        try (Deployment deployment = deployment()
                .with(
                        "RATE_LIMIT_POLICIES",
                        "[{name: partners, key: certificate, limits: [2/day], exempt: {certificates: [\"CN=carol\"]}}]")
                .start()) {
            Client alice = client(deployment.port(), AUTHORITY.issue("alice"));
            assertThat(alice.get("/health").status()).isEqualTo(200);
            assertThat(alice.get("/health").status()).isEqualTo(200);
            assertThat(alice.get("/health").status()).isEqualTo(429);
            assertThat(client(deployment.port(), AUTHORITY.issue("alice"))
                            .get("/health")
                            .status())
                    .as("the subject counts, not the certificate")
                    .isEqualTo(429);

            assertThat(client(deployment.port(), AUTHORITY.issue("bob"))
                            .get("/health")
                            .status())
                    .isEqualTo(200);
            for (int i = 0; i < 3; i++) {
                assertThat(client(deployment.port(), AUTHORITY.issue("carol"))
                                .get("/health")
                                .status())
                        .isEqualTo(200);
                assertThat(client(deployment.port(), null).get("/health").status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void theOperatorsPortSpeaksTlsToo() throws Exception {
        try (Deployment deployment = deployment().start()) {
            Client operator = client(deployment.adminPort(), null);
            assertThat(operator.get("/health/live").status()).isEqualTo(200);
            assertThat(operator.get("/metrics").body())
                    .contains(
                            "tollgate_tls_certificate_expiry_seconds{section=\"server.http\"}",
                            "tollgate_tls_certificate_expiry_seconds{section=\"server.admin\"}",
                            "tollgate_tls_stale{section=\"server.http\"} 0",
                            "tollgate_http_tls_failures_total{listener=\"public\"} 0");

            Files.writeString(folder.resolve("tls.key"), "half a key");
            await().untilAsserted(() -> assertThat(operator.get("/metrics").body())
                    .contains("tollgate_tls_stale{section=\"server.http\"} 1"));
            assertThat(client(deployment.port(), null).get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void doesNotStartWithFilesThatCannotBeUsed() throws IOException {
        Files.writeString(folder.resolve("tls.key"), "half a key");
        GatewayConfig config = GatewayConfig.of(Map.of(
                "jwt.secret_key",
                Deployment.SECRET,
                "server.http.port",
                "0",
                "server.admin.enabled",
                "false",
                "server.http.tls.enabled",
                "true",
                "server.http.tls.cert",
                folder.resolve("tls.crt").toString(),
                "server.http.tls.key",
                folder.resolve("tls.key").toString()));

        assertThatThrownBy(() -> Gateway.start(config))
                .isInstanceOf(GatewayStartException.class)
                .hasMessageContaining("server.http.tls: ")
                .hasMessageContaining("tls.key");
    }
}
