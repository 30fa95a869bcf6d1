package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void servesAConnectionBeyondTheLimitWhenAnotherIsClosed() throws Exception {
        try (UndertowServer server = UndertowServer.builder()
                .host("127.0.0.1")
                .ioThreads(1)
                .maxConnections(2)
                .idleTimeout(LONG)
                .drainTimeout(Duration.ofMillis(50))
                .endpoint(request ->
                        CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8))))
                .start()) {
            try (StreamClient first = new StreamClient(server.address());
                    StreamClient second = new StreamClient(server.address());
                    StreamClient third = new StreamClient(server.address())) {
                exchange(first);
                exchange(second);
                third.get("/");
                for (int i = 0; i < 100; i++) {
                    exchange(second); // On the server's only thread, which would serve the third as well.
                }
                assertThat(third.available()).isZero();

                first.hangUp();

                assertThat(third.head()).startsWith("HTTP/1.1 200 OK");
                assertThat(third.bytes(1)).asString(UTF_8).isEqualTo("x");
            }
        }
    }

    private static void exchange(StreamClient client) throws Exception {
        assertThat(client.get("/").head()).startsWith("HTTP/1.1 200 OK");
        client.bytes(1);
    }
}
