package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The server as a service of one's own uses it: with an {@link HttpEndpoint}. */
class UndertowServerTest {
    private static final HttpEndpoint ECHO = request -> request.body(16)
            .thenApply(body -> io.tollgate.api.http.HttpResponse.of(200, "text/plain; charset=utf-8", body)
                    .withHeader("X-Path", request.path())
                    .withHeader("X-Query", request.query().orElse("none")));

    @Test
    void respondsWithAnEndpoint() throws Exception {
        try (UndertowServer server = start(ECHO)) {
            HttpResponse<String> response = post(server, "/a%2Fb?c=d", "hello");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.headers().firstValue("X-Path")).contains("/a%2Fb");
            assertThat(response.headers().firstValue("X-Query")).contains("c=d");
        }
    }

    @Test
    void rendersFailuresOfTheEndpoint() throws Exception {
        try (UndertowServer server = start(ECHO)) {
            HttpResponse<String> response = post(server, "/", "more than sixteen bytes");

            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("\"code\":\"BODY_TOO_LARGE\"");
        }
    }

    @Test
    void hidesAnUnforeseenFailureBehindThe500() throws Exception {
        HttpEndpoint broken = request -> CompletableFuture.failedFuture(new IllegalStateException("a secret"));
        try (UndertowServer server = UndertowServer.builder()
                .host("127.0.0.1")
                .endpoint(broken)
                .errors(ErrorRenderer.problem())
                .drainTimeout(Duration.ofMillis(50))
                .start()) {
            HttpResponse<String> response = post(server, "/", "");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(response.body()).contains("INTERNAL_SERVER_ERROR").doesNotContain("secret");
        }
    }

    @Test
    void rejectsWhatIsNoRequest() throws Exception {
        try (UndertowServer server = start(ECHO);
                StreamClient client = new StreamClient(server.address())) {
            assertThat(client.send("garbage\r\n\r\n").head()).startsWith("HTTP/1.1 400 ");
            assertThat(new String(client.rest(), UTF_8)).contains("\"code\":\"INVALID_REQUEST\"");
        }
    }

    @Test
    void rejectsARequestWhoseFramingIsUnsupported() throws Exception {
        try (UndertowServer server = start(ECHO);
                StreamClient client = new StreamClient(server.address())) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n");

            assertThat(client.head()).startsWith("HTTP/1.1 400 ").contains("Connection: close");
        }
    }

    @Test
    void needsAnEndpoint() {
        assertThatThrownBy(() -> UndertowServer.builder().start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("endpoint must be set");
    }

    @Test
    void reportsAPortInUseInOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> UndertowServer.builder()
                            .host("127.0.0.1")
                            .port(port)
                            .endpoint(ECHO)
                            .start())
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("cannot listen on 127.0.0.1:" + port + ": .*in use");
        }
    }

    @Test
    void closesOnce() throws Exception {
        UndertowServer server = start(ECHO);

        server.close();
        server.close();

        assertThatThrownBy(() -> post(server, "/", "")).isInstanceOf(IOException.class);
    }

    @Test
    void namesATimeoutThatIsOutOfRange() {
        UndertowServer.Builder builder = UndertowServer.builder();
        Duration huge = Duration.ofSeconds(Long.MAX_VALUE);

        assertThatThrownBy(() -> builder.writeTimeout(Duration.ofNanos(1)))
                .hasMessage("writeTimeout: PT0.000000001S (expected: PT0.001S to PT24H)");
        assertThatThrownBy(() -> builder.drainTimeout(Duration.ofSeconds(-1)))
                .hasMessage("drainTimeout: PT-1S (expected: PT0S to PT24H)");
        assertThatThrownBy(() -> builder.drainTimeout(huge)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.drainIdleTimeout(huge)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.headTimeout(huge)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxBufferedBytes(1))
                .hasMessage("maxBufferedBytes: 1 (expected: at least 1024)");
    }

    @Test
    void namesASettingThatIsOutOfRange() {
        assertThatThrownBy(() -> UndertowServer.builder().port(70_000))
                .hasMessage("port: 70000 (expected: 0 to 65535)");
    }

    private static UndertowServer start(HttpEndpoint endpoint) throws IOException {
        return UndertowServer.builder()
                .host("127.0.0.1")
                .drainTimeout(Duration.ofMillis(50))
                .endpoint(endpoint)
                .start();
    }

    private static HttpResponse<String> post(UndertowServer server, String target, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + target);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }
}
