package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server does when clients hold more than it has room for. */
class ConnectionLimitTest {
    private static final HttpResponse X = HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8));

    private final Map<String, CompletableFuture<HttpResponse>> held = new ConcurrentHashMap<>();
    private final List<StreamClient> clients = new ArrayList<>();

    /** Responds to {@code /} at once, to {@code /body} with the size of the body, and to others when the test says so. */
    private final HttpEndpoint endpoint = request -> switch (request.path()) {
        case "/" -> CompletableFuture.completedStage(X);
        case "/body" ->
            request.body(Integer.MAX_VALUE)
                    .thenApply(body -> HttpResponse.of(
                            200, "text/plain", Integer.toString(body.length).getBytes(UTF_8)));
        default -> held.computeIfAbsent(request.path(), path -> new CompletableFuture<>());
    };

    private UndertowServer server;

    @AfterEach
    void close() throws IOException {
        for (StreamClient client : clients) {
            client.close();
        }
        if (server != null) {
            await().untilAsserted(() -> {
                assertThat(server.stats().connections()).isZero();
                assertThat(server.stats().bufferedBytes()).isZero();
            });
            server.close();
        }
    }

    @Test
    void closesTheConnectionThatIsIdleForLongest() throws Exception {
        startOrdered(UndertowServer.builder().maxConnections(2).maxConnectionsPerAddress(10));
        StreamClient first = connect();
        StreamClient second = connect();
        exchange(first);
        exchange(second);
        exchange(first); // Now the second is idle for longer.

        exchange(connect());

        assertThat(second.rest()).isEmpty();
        exchange(first);
        assertThat(server.stats().evicted(ServerLimit.CONNECTIONS)).isEqualTo(1);
        assertThat(server.stats().connections()).isEqualTo(2);
    }

    @Test
    void rejectsTheNewestIfAllHaveRequestsInProgress() throws Exception {
        start(UndertowServer.builder().maxConnections(2).maxConnectionsPerAddress(10));
        StreamClient first = connect().get("/first");
        StreamClient second = connect().get("/second");
        await().until(() -> held.size() == 2);

        StreamClient third = connect().get("/");

        assertThat(third.head())
                .startsWith("HTTP/1.1 503 ")
                .contains("Retry-After: 1\r\n", "Connection: close\r\n", "X-Content-Type-Options: nosniff\r\n")
                .containsPattern("Date: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n");
        assertThat(new String(third.rest(), UTF_8)).contains("\"error\":\"SERVICE_ERROR\"", "\"code\":\"OVERLOADED\"");
        assertThat(server.stats().rejected(ServerLimit.CONNECTIONS)).isEqualTo(1);
        held.values().forEach(response -> response.complete(X));
        assertThat(first.head()).startsWith("HTTP/1.1 200");
        assertThat(second.head()).startsWith("HTTP/1.1 200");
    }

    @Test
    void hasRoomAgainWhenAConnectionCloses() throws Exception {
        start(UndertowServer.builder().maxConnections(1).maxConnectionsPerAddress(10));
        StreamClient first = connect().get("/first");
        await().until(() -> held.size() == 1);
        assertThat(connect().get("/").head()).startsWith("HTTP/1.1 503");
        held.get("/first").complete(X);
        first.head();
        first.close();
        await().until(() -> server.stats().connections() == 0);

        exchange(connect());
    }

    @Test
    void leavesRoomForOtherAddresses() throws Exception {
        startOrdered(UndertowServer.builder().maxConnections(8));
        StreamClient other = connect("127.0.0.2");
        exchange(other);
        StreamClient oldest = connect();
        exchange(oldest);
        StreamClient second = connect();
        exchange(second);

        exchange(connect()); // A quarter of 8 may come from one address.

        assertThat(oldest.rest()).isEmpty();
        exchange(other);
        exchange(second);
        assertThat(server.stats().evicted(ServerLimit.CONNECTIONS_PER_ADDRESS)).isEqualTo(1);
    }

    @Test
    void countsProxiesAmongAllConnectionsOnly() throws Exception {
        start(UndertowServer.builder().maxConnections(8).trustedProxies(List.of(AddressRange.parse("127.0.0.0/8"))));
        List<StreamClient> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(connect());
            exchange(all.get(i));
        }

        for (StreamClient client : all) {
            exchange(client);
        }
        assertThat(server.stats().evicted(ServerLimit.CONNECTIONS_PER_ADDRESS)).isZero();
    }

    @Test
    void closesTheOldestUnfinishedHeads() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(100_000));
        StreamClient quick = connect();
        exchange(quick);
        String unfinished = "GET / HTTP/1.1\r\nHost: x\r\nX-Filler: " + "x".repeat(10_000);
        List<StreamClient> slow = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            slow.add(connect().send(unfinished));
            int sent = i + 1;
            await().until(() -> server.stats().evicted(ServerLimit.BUFFERED_BYTES)
                            + server.stats().bufferedBytes() / 20_000
                    >= sent);
            assertThat(server.stats().bufferedBytes()).isLessThanOrEqualTo(100_000);
        }

        assertThat(slow.get(0).isCut()).isTrue();
        assertThat(slow.get(11).send("\r\n\r\n").head()).startsWith("HTTP/1.1 200");
        exchange(quick);
    }

    @Test
    void closesTheOldestUnfinishedBodies() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(300_000));
        List<StreamClient> slow = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            slow.add(connect()
                    .send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(59_999)));
            int sent = i + 1;
            await().until(() -> server.stats().evicted(ServerLimit.BUFFERED_BYTES)
                            + server.stats().bufferedBytes() / 60_000
                    >= sent);
            assertThat(server.stats().bufferedBytes()).isLessThanOrEqualTo(300_000);
        }

        assertThat(slow.get(0).head()).startsWith("HTTP/1.1 503").contains("Connection: close");
        StreamClient last = slow.get(11).send("x");
        assertThat(last.head()).startsWith("HTTP/1.1 200");
        assertThat(last.bytes(5)).asString(UTF_8).isEqualTo("60000");
    }

    @Test
    void rejectsABodyForWhichThereIsNoRoomAtAll() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(20_000));
        StreamClient client =
                connect().send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(60_000));

        assertThat(client.head()).startsWith("HTTP/1.1 503").contains("Retry-After: 1", "Connection: close");
        assertThat(server.stats().rejected(ServerLimit.BUFFERED_BYTES)).isEqualTo(1);
    }

    @Test
    void closesClientsThatTakeNoResponseForOthers() throws Exception {
        start(UndertowServer.builder().maxConnections(2).maxConnectionsPerAddress(10));
        byte[] large = new byte[32 * 1024 * 1024];
        StreamClient stalled = connect().get("/large");
        StreamClient busy = connect().get("/busy");
        await().until(() -> held.size() == 2);
        held.get("/large").complete(HttpResponse.of(200, "text/plain", large));

        // Until it has taken nothing for a second, a new connection is rejected.
        await().ignoreException(java.io.EOFException.class)
                .until(() -> connect().get("/").head().startsWith("HTTP/1.1 200"));

        assertThat(stalled.rest().length).isLessThan(large.length);
        held.get("/busy").complete(X);
        assertThat(busy.head()).startsWith("HTTP/1.1 200");
    }

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder, 2);
    }

    /** Starts a server whose connections become idle in the order of their responses, which threads could change. */
    private void startOrdered(UndertowServer.Builder builder) throws IOException {
        start(builder, 1);
    }

    private void start(UndertowServer.Builder builder, int ioThreads) throws IOException {
        server = builder.host("127.0.0.1")
                .ioThreads(ioThreads)
                .drainTimeout(Duration.ofMillis(50))
                .endpoint(endpoint)
                .start();
    }

    private StreamClient connect() throws IOException {
        return connect("127.0.0.1");
    }

    private StreamClient connect(String from) throws IOException {
        StreamClient client = new StreamClient(server.address(), from);
        clients.add(client);
        return client;
    }

    private static void exchange(StreamClient client) throws Exception {
        assertThat(client.get("/").head()).startsWith("HTTP/1.1 200 OK");
        client.bytes(1);
    }
}
