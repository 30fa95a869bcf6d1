package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bytes that unfinished heads and bodies take from the budget, and their release. */
class BufferedBytesTest {
    private static final HttpResponse X = HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8));
    private static final String AMPERSANDS = "GET / HTTP/1.1\r\nHost: x\r\nX: " + "&".repeat(15_000);
    private static final String UNFINISHED = "GET / HTTP/1.1\r\nHost: x\r\nX-Filler: " + "x".repeat(10_000);

    private final List<StreamClient> clients = new ArrayList<>();
    private final CompletableFuture<HttpResponse> rejection = new CompletableFuture<>();

    /** Reads the body of {@code /body}; rejects that of {@code /rejected} when the test says so. */
    private final HttpEndpoint endpoint = request -> switch (request.path()) {
        case "/body" -> request.body(Integer.MAX_VALUE).thenApply(body -> X);
        case "/rejected" ->
            request.body(Integer.MAX_VALUE).handle((body, failure) -> failure).thenCompose(failure -> rejection);
        default -> CompletableFuture.completedStage(X);
    };

    private UndertowServer server;

    @AfterEach
    void close() throws IOException {
        rejection.complete(X);
        for (StreamClient client : clients) {
            client.close();
        }
        if (server != null) {
            await().untilAsserted(
                            () -> assertThat(server.stats().bufferedBytes()).isZero());
            server.close();
        }
    }

    @Test
    void aHeadCostsTheHeapThatItTakesWhateverItsBytes() throws Exception {
        start(UndertowServer.builder());
        connect().send(AMPERSANDS);

        await().until(() -> server.stats().bufferedBytes() > 2 * 15_000);
        assertThat(server.stats().bufferedBytes()).isLessThan(3 * 15_000);
    }

    @Test
    void aHeadThatArrivesByteByByteCostsAsMuchAsOneThatArrivesAtOnce() throws Exception {
        start(UndertowServer.builder());
        String head = UNFINISHED.substring(0, 300);
        StreamClient client = connect();
        for (int i = 0; i < head.length(); i++) {
            client.send(head.substring(i, i + 1));
            int sent = i + 1;
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> server.stats().bufferedBytes() >= 2L * sent);
        }

        assertThat(server.stats().bufferedBytes()).isLessThan(5_000);
    }

    /** Each unreadable head stays in memory for as long as its connection lingers, with its response on the way. */
    @Test
    void unreadableHeadsMakeRoomForUnfinishedOnes() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(300_000));
        StreamClient honest = connect().send(UNFINISHED);
        await().until(() -> server.stats().bufferedBytes() > 20_000);
        for (int i = 0; i < 20; i++) {
            StreamClient hostile = connect().send(AMPERSANDS);
            int sent = i + 1;
            await().until(() -> server.stats().evicted(ServerLimit.BUFFERED_BYTES)
                            + (server.stats().bufferedBytes() - 20_000) / 30_000
                    >= sent);
            assertThat(hostile.send("\r\nno header\r\n\r\n").head()).startsWith("HTTP/1.1 400");
        }

        assertThat(honest.send("\r\n\r\n").head()).startsWith("HTTP/1.1 200");
        assertThat(server.stats().rejected(ServerLimit.BUFFERED_BYTES)).isZero();
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isPositive();
    }

    @Test
    void aBodyThatIsTooLargeReleasesItsBytesWhileItsRequestIsHandled() throws Exception {
        start(UndertowServer.builder().maxBodySize(20_000));
        StreamClient client = connect()
                .send("POST /rejected HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n"
                        + "x".repeat(20_000));
        await().until(() -> server.stats().bufferedBytes() > 0);

        client.send("\r\n1\r\nx\r\n");

        await().until(() -> server.stats().bufferedBytes() == 0);
        rejection.complete(X);
        assertThat(client.head()).startsWith("HTTP/1.1 200").contains("Connection: close");
    }

    @Test
    void aRequestThatFitsInNoCaseIsRejectedWithoutEvictingOthers() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(40_000));
        StreamClient honest = connect().send(UNFINISHED);
        await().until(() -> server.stats().bufferedBytes() > 20_000);

        StreamClient hopeless =
                connect().send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(60_000));

        assertThat(hopeless.head()).startsWith("HTTP/1.1 503");
        assertThat(honest.send("\r\n\r\n").head()).startsWith("HTTP/1.1 200");
    }

    private void start(UndertowServer.Builder builder) throws IOException {
        server = builder.host("127.0.0.1")
                .ioThreads(1)
                .drainTimeout(Duration.ofMillis(50))
                .endpoint(endpoint)
                .start();
    }

    private StreamClient connect() throws IOException {
        StreamClient client = new StreamClient(server.address());
        clients.add(client);
        return client;
    }
}
