package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.config.ConfigException;
import io.tollgate.runner.config.GatewayConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code /openapi.json} and {@code /docs}, as a browser asks for them. */
class ApiPageTest {
    private static Deployment deployment;
    private static Client client;

    @BeforeAll
    static void open() throws Exception {
        deployment = Deployment.builder()
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "100000")
                .with("CORS_ALLOWED_ORIGINS", "https://shop.example")
                .start();
        client = deployment.client();
    }

    @AfterAll
    static void close() {
        deployment.close();
    }

    @Test
    void letsThePageLoadOnlyFromHereAndNobodyFrameIt() {
        Answer page = client.get("/docs");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.header("Content-Security-Policy").split("; ?"))
                .containsExactlyInAnyOrder(
                        "default-src 'none'",
                        "script-src 'self'",
                        "style-src 'self'",
                        "img-src 'self' data:",
                        "connect-src 'self'",
                        "frame-ancestors 'none'",
                        "base-uri 'none'",
                        "form-action 'none'");
        assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(page.header("X-Request-Id")).isNotEmpty();
        assertThat(page.header("X-RateLimit-Limit")).isEqualTo("100000");
        assertThat(page.body()).doesNotContain("<script>").doesNotContain("style=");
    }

    @Test
    void hasEverythingThatThePageLoads() {
        List<String> files = new ArrayList<>();
        Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"")
                .matcher(client.get("/docs").body());
        while (links.find()) {
            files.add("/" + links.group(1));
        }

        assertThat(files).hasSizeGreaterThanOrEqualTo(5);
        for (String file : files) {
            Answer answer = client.get(file);
            assertThat(answer.status()).as(file).isEqualTo(200);
            assertThat(answer.body()).as(file).isNotEmpty();
            assertThat(answer.header("Cache-Control"))
                    .as(file)
                    .contains(file.contains("swagger-ui-") ? "immutable" : "no-cache");
            assertThat(client.send("HEAD", file, BodyPublishers.noBody()).header("Content-Length"))
                    .as(file)
                    .isEqualTo(Integer.toString(answer.body().getBytes(StandardCharsets.UTF_8).length));
        }
    }

    @Test
    void sendsThePageCompressedToThoseWhoUnderstandAndNotAtAllToThoseWhoHaveIt() throws Exception {
        String plain = client.get("/docs/page.js").body();

        HttpResponse<byte[]> packed = bytes("/docs/page.js", "Accept-Encoding", "br, gzip;q=0.5");
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("Vary")).contains("Origin, Accept-Encoding");
        assertThat(unzipped(packed.body())).isEqualTo(plain);
        assertThat(bytes("/docs/page.js", "Accept-Encoding", "gzip;q=0")
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();

        String tag = packed.headers().firstValue("ETag").orElseThrow();
        Answer same = client.get("/docs/page.js", "If-None-Match", "\"x\", " + tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.header("ETag")).isEqualTo(tag);
        assertThat(same.header("Content-Length")).isEmpty();
        assertThat(client.get("/docs/page.js", "If-None-Match", "W/\"other\"").status())
                .isEqualTo(200);
    }

    @Test
    void leadsToThePageFromWhereItMightBeLookedFor() {
        Answer answer = client.get("/docs/");

        assertThat(answer.status()).isEqualTo(308);
        assertThat(URI.create("http://x/docs/").resolve(answer.header("Location")))
                .isEqualTo(URI.create("http://x/docs"));
        assertThat(client.get("/docs/nothing").code()).isEqualTo("ROUTE_NOT_FOUND");
        assertThat(client.post("/docs", "{}").status()).isEqualTo(405);
    }

    @Test
    void describesItself() {
        Answer description = client.get("/openapi.json");

        assertThat(description.json().get("openapi").asText()).startsWith("3.1");
        assertThat(description.json().at("/servers/0/url").asText()).isEqualTo(".");
    }

    @Test
    void isNotThereWhereItIsSwitchedOff() throws Exception {
        try (Deployment described =
                        Deployment.builder().with("DOCS_UI", "false").start();
                Deployment silent =
                        Deployment.builder().with("DOCS_OPENAPI", "false").start()) {
            assertThat(described.client().get("/openapi.json").status()).isEqualTo(200);
            for (Answer answer : List.of(
                    described.client().get("/docs"),
                    described.client().get("/docs/page.js"),
                    silent.client().get("/docs"))) {
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.code()).isEqualTo("ROUTE_NOT_FOUND");
            }
            Answer none =
                    new Client("http://127.0.0.1:" + silent.port(), Description.withoutItself()).get("/openapi.json");
            assertThat(none.code()).isEqualTo("ROUTE_NOT_FOUND");
            assertThat(old(described).header("Link")).endsWith("</openapi.json>; rel=\"deprecation\"");
            assertThat(old(silent).header("Link")).endsWith("rel=\"successor-version\"");
        }
    }

    @Test
    void isNotAPageOfNothing() {
        Assertions.assertThatThrownBy(() -> GatewayConfig.of(
                        Map.of("jwt.secret_key", Deployment.SECRET, "docs.openapi", "false", "docs.ui", "true")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("docs.ui: true (expected: false while docs.openapi is false)");
    }

    private static Answer old(Deployment at) {
        return at.client().post("/api/v1/orders/rock-2026/purchase", "{}");
    }

    private static HttpResponse<byte[]> bytes(String path, String... headers) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + deployment.port() + path))
                .headers(headers)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String unzipped(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
