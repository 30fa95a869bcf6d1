package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.Compression;
import io.tollgate.api.http.EntityTags;
import io.tollgate.api.token.AccessRule;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.config.GatewayConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compression and conditional requests on both ports. */
class CachingTest {
    private static final String KEYS = "/.well-known/jwks.json";

    @TempDir
    static Path folder;

    private static Path keyFile;
    private static Deployment deployment;
    private static Client client;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        keyFile = folder.resolve("keys.json");
        KeyPairs.write(keyFile, KeyPairs.jwk("one"));
        deployment = Deployment.builder()
                .with("CORS_ALLOWED_ORIGINS", "https://shop.example")
                .with("JWT_KEYS", "[{file: \"" + keyFile + "\"}]")
                .with("JWT_KEY_FILE_REFRESH", "20ms")
                .start();
        client = deployment.client();
    }

    @AfterAll
    static void stop() {
        deployment.close();
    }

    @ParameterizedTest
    @CsvSource({
        KEYS + ", 'public, max-age=300'",
        "/openapi.json, no-cache",
        "/docs, no-cache",
        "/docs/page.js, no-cache"
    })
    void whoHasAPublicDocumentIsNotSentIt(String path, String cacheControl) {
        Answer first = client.get(path);
        assertThat(first.status()).isEqualTo(200);
        String tag = first.header("ETag");
        assertThat(tag).startsWith("W/\"");
        assertThat(first.header("Cache-Control")).isEqualTo(cacheControl);
        assertThat(first.header("Vary")).isEqualTo("Origin, Accept-Encoding");
        Answer head = client.send("HEAD", path, BodyPublishers.noBody());
        assertThat(head.header("ETag")).isEqualTo(tag);
        assertThat(head.header("Content-Length")).isEqualTo("" + first.body().getBytes(UTF_8).length);

        for (String method : new String[] {"GET", "HEAD"}) {
            Answer same = client.send(method, path, BodyPublishers.noBody(), "If-None-Match", "\"x\", " + tag);
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.body()).isEmpty();
            assertThat(same.header("ETag")).isEqualTo(tag);
            assertThat(same.header("Cache-Control")).isEqualTo(cacheControl);
            assertThat(same.header("Vary")).isEqualTo("Origin, Accept-Encoding");
            assertThat(same.header("Content-Type")).isEmpty();
            assertThat(same.header("X-RateLimit-Limit")).isNotEmpty();
            assertThat(same.header("X-Request-Id")).isNotEmpty();
        }
    }

    @Test
    void aRotatedKeyChangesTheTag() {
        String before = client.get(KEYS).header("ETag");

        KeyPairs.write(keyFile, KeyPairs.jwk("two"));

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                client.get(KEYS, "If-None-Match", before).status())
                        .isEqualTo(200));
        assertThat(client.get(KEYS).header("ETag")).isNotEqualTo(before);
    }

    @Test
    void a304LeavesTheConnectionInOrder() throws Exception {
        String tag = client.get(KEYS).header("ETag");
        try (RawConnection connection = new RawConnection(deployment.port())) {
            for (int i = 0; i < 3; i++) {
                connection.send("GET " + KEYS + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag + "\r\n\r\n");
                RawConnection.Response response = connection.read();
                assertThat(response.status()).isEqualTo(304);
                assertThat(response.headers()).doesNotContainKeys("content-length", "transfer-encoding");
            }
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/docs", "/docs/page.css"})
    void publicDocumentsAreCompressedForWhoAcceptsIt(String path) throws Exception {
        assertCompressed("http://127.0.0.1:" + deployment.port() + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live/app.js", "/live/live.css", "/loggers", "/metrics"})
    void largePagesOfOperatorsAreCompressedForWhoAcceptsIt(String path) throws Exception {
        assertCompressed("http://127.0.0.1:" + deployment.adminPort() + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live/app.js"})
    void whoHasAPageOfOperatorsIsNotSentIt(String path) throws Exception {
        String url = "http://127.0.0.1:" + deployment.adminPort() + path;
        String tag = get(url, "gzip").headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> same = http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("If-None-Match", tag)
                        .build(),
                BodyHandlers.ofByteArray());

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(same.headers().firstValue("Content-Security-Policy")).isPresent();
    }

    /** Responses that contain a token beside what the client sent must not tell by their length what it is (BREACH). */
    @Test
    void responsesWithTokensAreNeverCompressed() {
        String[] only = {"Accept-Encoding", "gzip, identity;q=0", "Content-Type", "application/json"};
        String name = "u" + System.nanoTime();
        String credentials =
                "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name + "\",\"password\":\"correct horse\"}";

        Answer registered = client.send("POST", "/api/v1/users/register", BodyPublishers.ofString(credentials), only);
        Answer login = client.send("POST", "/api/v1/users/login", BodyPublishers.ofString(credentials), only);
        Answer wrong = client.send("POST", "/api/v1/users/login", BodyPublishers.ofString("{}"), only);

        assertThat(registered.status()).isEqualTo(201);
        assertThat(login.status()).isEqualTo(200);
        assertThat(wrong.status()).isEqualTo(400);
        for (Answer answer : new Answer[] {registered, login, wrong}) {
            assertThat(answer.header("Content-Encoding")).isEmpty();
            assertThat(answer.header("Vary")).isEqualTo("Origin");
            assertThat(answer.header("ETag")).isEmpty();
        }
    }

    @Test
    void aStreamIsNotCompressed() throws Exception {
        Operator operator = new Operator(deployment.adminPort());

        assertThat(operator.events("/events", 1, "Accept-Encoding", "gzip, identity;q=0"))
                .startsWith("data:");
    }

    @Test
    void aRouteOfYourOwnIsCompressedIfItSaysSo() throws Exception {
        byte[] list = "{\"id\":\"rock-2026\"},".repeat(500).getBytes(UTF_8);
        Compression compression = Compression.gzip();
        GatewayConfig config = GatewayConfig.of(Map.of(
                "jwt.secret_key", Deployment.SECRET,
                "server.http.host", "127.0.0.1",
                "server.http.port", "0",
                "server.http.graceful_shutdown_timeout", "100ms",
                "server.admin.enabled", "false",
                "cors.allowed_origins", "https://shop.example"));
        try (Gateway gateway = Gateway.builder(config)
                .route(
                        "GET",
                        "/catalogue",
                        AccessRule.open(),
                        request -> CompletableFuture.completedStage(io.tollgate.api.http.HttpResponse.json(200, list))
                                .thenApply(response -> compression.apply(request, EntityTags.apply(request, response))))
                .start()) {
            String url = "http://127.0.0.1:" + gateway.address().getPort() + "/catalogue";
            HttpResponse<byte[]> packed = assertCompressed(url);

            assertThat(packed.headers().allValues("Vary")).containsExactly("Origin, Accept-Encoding");
            assertThat(packed.headers().firstValue("ETag")).isPresent();
        }
    }

    private HttpResponse<byte[]> assertCompressed(String url) throws Exception {
        HttpResponse<byte[]> plain = get(url, "identity");
        HttpResponse<byte[]> packed = get(url, "br;q=1.0, gzip;q=0.8, *;q=0.1");

        assertThat(plain.statusCode()).isEqualTo(200);
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("Content-Length")).contains("" + packed.body().length);
        assertThat(packed.body().length).isLessThan(plain.body().length);
        for (HttpResponse<byte[]> response : List.of(plain, packed)) {
            assertThat(response.headers().firstValue("Vary").orElse("")).endsWith("Accept-Encoding");
        }
        assertThat(new String(unzipped(packed.body()), UTF_8)).isNotBlank();
        if (plain.headers().firstValue("ETag").isPresent()) {
            assertThat(packed.headers().firstValue("ETag"))
                    .isEqualTo(plain.headers().firstValue("ETag"));
            assertThat(unzipped(packed.body())).isEqualTo(plain.body());
        }
        return packed;
    }

    private HttpResponse<byte[]> get(String url, String accepted) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Accept-Encoding", accepted)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static byte[] unzipped(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }
}
