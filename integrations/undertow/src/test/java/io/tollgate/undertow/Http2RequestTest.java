package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests in HTTP/2 without TLS, and their responses. */
class Http2RequestTest {
    private UndertowServer server;

    @BeforeEach
    void start() throws Exception {
        server = UndertowServer.builder()
                .host("127.0.0.1")
                .ioThreads(1)
                .h2c(true)
                .maxBodySize(200_000)
                .endpoint(Http2RequestTest::respond)
                .start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** Responds with what the request was. */
    private static CompletionStage<HttpResponse> respond(HttpRequest request) {
        if (request.path().equals("/large")) {
            return CompletableFuture.completedStage(text("x".repeat(1_000_000)));
        }
        return request.body(Integer.MAX_VALUE)
                .thenApply(body -> text(request.method() + " " + request.path() + " "
                        + request.query().orElse("-") + " " + request.headers("host") + " "
                        + request.headers("cookie") + " " + body.length));
    }

    private static HttpResponse text(String body) {
        return HttpResponse.of(200, "text/plain", body.getBytes(UTF_8)).withHeader("X-Mixed-Case", "Kept");
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + server.address().getPort() + path);
    }

    @Test
    void upgradesTheClientOfTheJdk() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        for (int i = 0; i < 3; i++) {
            var response = client.send(
                    java.net.http.HttpRequest.newBuilder(uri("/path?a=b&c=" + i))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.body())
                    .isEqualTo("GET /path a=b&c=" + i + " [localhost:"
                            + server.address().getPort() + "] [] 0");
            assertThat(response.headers().firstValue("x-mixed-case")).hasValue("Kept");
            assertThat(response.headers().firstValue("content-length")).isPresent();
            assertThat(response.headers().firstValue("date")).isPresent();
        }
        assertThat(server.stats().connections()).isEqualTo(1);
    }

    @Test
    void takesBodiesOfManyFrames() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        client.send(java.net.http.HttpRequest.newBuilder(uri("/")).build(), BodyHandlers.ofString());
        List<CompletableFuture<String>> responses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            var request = java.net.http.HttpRequest.newBuilder(uri("/" + i))
                    .POST(BodyPublishers.ofByteArray(new byte[10_000 * i]))
                    .build();
            responses.add(client.sendAsync(request, BodyHandlers.ofString()).thenApply(response -> response.body()));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(responses.get(i).get()).endsWith(" " + 10_000 * i);
        }
    }

    @Test
    void sendsResponsesThatAreLargerThanWindows() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        client.send(java.net.http.HttpRequest.newBuilder(uri("/")).build(), BodyHandlers.ofString());
        List<CompletableFuture<String>> responses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            var request = java.net.http.HttpRequest.newBuilder(uri("/large")).build();
            responses.add(client.sendAsync(request, BodyHandlers.ofString()).thenApply(response -> response.body()));
        }

        for (CompletableFuture<String> response : responses) {
            assertThat(response.get()).hasSize(1_000_000);
        }
    }

    @Test
    void speaksWithClientsThatKnow() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            FrameClient.Response response = client.get(1, "/a?b").response(1);

            assertThat(response.status()).isEqualTo("200");
            assertThat(response.body()).isEqualTo("GET /a b [localhost] [] 0");
            assertThat(response.fields()).containsEntry("x-content-type-options", "nosniff");
        }
    }

    @Test
    void stillSpeaksHttp11() throws Exception {
        try (StreamClient client = new StreamClient(server.address())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/x").head()).startsWith("HTTP/1.1 200 OK\r\n");
                client.bytes("GET /x - [x] [] 0".length());
            }
        }
        try (StreamClient client = new StreamClient(server.address())) {
            client.send("P");
            client.send("OST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }
}
