package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The responses to other versions of HTTP, and to words that are no version. */
class VersionTest {
    private static UndertowServer server;

    @BeforeAll
    static void start() throws Exception {
        server = UndertowServer.builder()
                .host("127.0.0.1")
                .drainTimeout(Duration.ofMillis(50))
                .endpoint(request ->
                        CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8))))
                .start();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1", "HTTP/1.0"})
    void serves(String version) throws Exception {
        assertThat(status(version, false)).isEqualTo("200");
        assertThat(status(version, true)).isEqualTo("200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.0"})
    void rejectsOtherVersions(String version) throws Exception {
        assertThat(status(version, false)).isEqualTo("505");
        assertThat(status(version, true)).isEqualTo("505");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2",
                "HTTP/1",
                "HTTP/1.10",
                "HTTP/11",
                "HTTP/10.0",
                "HTTP/1.1x",
                "HTTP/",
                "HTTP/1.",
                "HTTP/1.1.1",
                "HTTP/1.01",
                "XTTP/1.1",
                "http/1.1",
                "Http/1.1",
                "HTTP",
                "1.1",
                "HTTPS/1.1",
                "xHTTP/1.1",
                "TTP/1.1"
            })
    void rejectsWhatIsNoVersion(String version) throws Exception {
        assertThat(status(version, false)).isEqualTo("400");
        assertThat(status(version, true)).isEqualTo("400");
    }

    /** Such a version is rejected as soon as its first letter is read, or with the rest of the line if that is there too. */
    @Test
    void rejectsAVersionOfLetters() throws Exception {
        assertThat(status("HTTP/x.y", false)).isIn("400", "505");
        assertThat(status("HTTP/x.y", true)).isIn("400", "505");
    }

    private static String status(String version, boolean inPieces) throws Exception {
        try (StreamClient client = new StreamClient(server.address())) {
            String request = "GET /a?b=c&d HTTP\r\n".replace("HTTP", version) + "Host: x\r\n\r\n";
            if (inPieces) {
                for (int i = 0; i < request.length(); i++) {
                    client.send(request.substring(i, i + 1));
                }
            } else {
                client.send(request);
            }
            return client.head().split(" ")[1];
        }
    }
}
