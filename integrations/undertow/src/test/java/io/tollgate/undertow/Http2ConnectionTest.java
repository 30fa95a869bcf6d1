package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The begin and the end of connections in HTTP/2: upgrades, drain, and room that is made at the limits. */
class Http2ConnectionTest extends ServerAndClients {
    private static final HttpResponse X = HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8));

    private static final byte[] LARGE = new byte[4_000_000];

    private final Map<String, CompletableFuture<HttpResponse>> held = new ConcurrentHashMap<>();
    private final Map<String, EmittedStream> streams = new ConcurrentHashMap<>();

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder, request -> switch (request.path()) {
            case "/" -> CompletableFuture.completedStage(X);
            case "/large" -> CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", LARGE));
            case "/body" -> request.body(Integer.MAX_VALUE).thenApply(body -> X);
            case "/stream" ->
                CompletableFuture.completedStage(HttpResponse.streaming(
                        200, "text/plain", streams.computeIfAbsent("/stream", path -> new EmittedStream())));
            default -> held.computeIfAbsent(request.path(), path -> new CompletableFuture<>());
        });
    }

    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAQAAAAK\r\n\r\n"; // An initial window of 10 bytes.

    @Test
    void upgradesWhoeverAsks() throws Exception {
        start(UndertowServer.builder());
        StreamClient client = connectHttp1();
        client.send(UPGRADE + new String(Http2Reader.PREFACE, UTF_8)); // All at once.

        assertThat(client.head()).startsWith("HTTP/1.1 101 ").containsIgnoringCase("upgrade: h2c");
        byte[] settings = client.bytes(9);
        assertThat(settings[3]).isEqualTo((byte) Http2Frame.SETTINGS);
    }

    private FrameClient upgrade(String request) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.getOutputStream().write(request.getBytes(UTF_8));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head).startsWith("HTTP/1.1 101 ");
        return closing(new FrameClient(socket)).greet();
    }

    @Test
    void holdsNoBytesForAnUpgradedConnectionThatIsIdle() throws Exception {
        start(UndertowServer.builder().maxBodySize(1 << 20));
        FrameClient client = upgrade(UPGRADE.replace("AAQAAAAK", ""));
        assertThat(client.response(1).status()).isEqualTo("200");
        client.post(3, "/body").data(3, false, "x".repeat(15_000)).data(3, true, "x".repeat(9_000));
        assertThat(client.response(3).status()).isEqualTo("200");
        client.settle();

        assertThat(server.stats().bufferedBytes()).isZero();
    }

    @Test
    void reservesTheBytesOfTheHeadThatAsksForTheUpgrade() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = upgrade(UPGRADE.replace("AAQAAAAK", "")
                .replace("GET /", "GET /first")
                .replace("\r\n\r\n", "\r\nX-Long: " + "x".repeat(12_000) + "\r\n\r\n"));
        client.settle();

        assertThat(server.stats().bufferedBytes()).isPositive();
        held.get("/first").complete(X);
        assertThat(client.response(1).status()).isEqualTo("200");
        await().until(() -> server.stats().bufferedBytes() == 0);
    }

    @Test
    void rejectsAnUpgradedRequestForWhoseHeadThereIsNoRoom() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(8_000));
        FrameClient client = upgrade(
                UPGRADE.replace("AAQAAAAK", "").replace("\r\n\r\n", "\r\nX-Long: " + "x".repeat(12_000) + "\r\n\r\n"));

        assertThat(client.next(Http2Frame.HEADERS).status()).isEqualTo("503");
        assertThat(client.next(Http2Frame.RST_STREAM).stream()).isEqualTo(1);
        assertThat(client.get(3, "/").response(3).status()).isEqualTo("200");
    }

    @Test
    void doesNotUpgradeWhatCannotBe() throws Exception {
        start(UndertowServer.builder());
        for (String request : List.of(
                UPGRADE.replace("Upgrade: h2c", "Upgrade: websocket"),
                UPGRADE.replace("AAQAAAAK", "AAQAAAA"),
                UPGRADE.replace("AAQAAAAK", "%%%"),
                UPGRADE.replace("Connection: Upgrade, HTTP2-Settings", "Connection: Upgrade"),
                UPGRADE.replace("HTTP/1.1", "HTTP/1.0"),
                UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\nx"))) {
            assertThat(connectHttp1().send(request).head()).as(request).matches("HTTP/1.[01] 200 (?s).*");
        }
    }

    @Test
    void doesNotUpgradeForTrustedProxies() throws Exception {
        start(UndertowServer.builder().trustedProxies(List.of(AddressRange.parse("127.0.0.0/8"))));

        assertThat(connectHttp1().send(UPGRADE).head()).startsWith("HTTP/1.1 200 ");
        assertThat(connect().get(1, "/").response(1).status())
                .as("with prior knowledge")
                .isEqualTo("200");
    }

    @Test
    void drainsWithTheRequestsThatAreOnTheirWay() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect().get(1, "/first");
        FrameClient idle = connect();
        await().until(() -> held.size() == 1);
        Thread closing = new Thread(server::close);
        closing.start();

        FrameClient.Frame announced = client.next(Http2Frame.GOAWAY);
        assertThat(announced.number(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(announced.error()).isEqualTo(Http2Error.NO_ERROR);
        FrameClient.Frame ping = client.next(Http2Frame.PING);
        client.get(3, "/second"); // On its way, as the client does not know yet.
        await().until(() -> held.size() == 2);
        client.frame(Http2Frame.PING, Http2Frame.ACK, 0, ping.payload());
        FrameClient.Frame last = client.next(Http2Frame.GOAWAY);
        assertThat(last.number(0)).isEqualTo(3);
        client.post(5, "/third").data(5, true, "x").window(5, 1).reset(5); // It does not know yet.
        client.get(7, "/third").settle();
        held.values().forEach(response -> response.complete(X));
        List<FrameClient.Frame> rest = client.rest();

        assertThat(rest.stream().filter(frame -> frame.type() == Http2Frame.HEADERS))
                .hasSize(2);
        assertThat(held).doesNotContainKey("/third");
        assertThat(idle.goAway()).isEqualTo(Http2Error.NO_ERROR);
        closing.join();
    }

    @Test
    void finishesStreamsWhileItDrains() throws Exception {
        start(UndertowServer.builder().drainIdleTimeout(Duration.ZERO));
        FrameClient client = connect().get(1, "/stream");
        await().until(() -> streams.containsKey("/stream"));
        EmittedStream stream = streams.get("/stream");
        stream.emit("first");
        assertThat(client.next(Http2Frame.DATA).payload()).asString(UTF_8).isEqualTo("first");
        Thread closing = new Thread(server::close);
        closing.start();
        client.next(frame -> frame.type() == Http2Frame.GOAWAY && frame.number(0) == 1);

        stream.emit("last");
        stream.subscriber().onComplete();
        assertThat(client.response(1).body()).isEqualTo("last");
        assertThat(client.rest()).isEmpty();
        closing.join();
    }

    @Test
    void writesTheLastResponseToItsEndWhileItDrains() throws Exception {
        start(UndertowServer.builder().sendBufferSize(4096).drainIdleTimeout(Duration.ZERO));
        FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
        client.window(0, Integer.MAX_VALUE - Http2Frame.DEFAULT_WINDOW).get(1, "/large");
        client.next(Http2Frame.HEADERS);
        Thread closing = new Thread(server::close);
        closing.start();

        assertThat(client.response(1).body()).hasSize(LARGE.length);
        client.rest();
        closing.join();
    }

    @Test
    void endsWhenTheClientSaysSo() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect().get(1, "/first");
        await().until(() -> held.size() == 1);
        client.frame(Http2Frame.GOAWAY, 0, 0, new byte[8]).settle();
        held.get("/first").complete(X);

        assertThat(client.response(1).status()).isEqualTo("200");
        assertThat(client.rest()).isEmpty();
    }

    @Test
    void requestsStreamsNoFasterThanTheClientTakesThem() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 8);
        client.get(1, "/stream");
        await().until(() -> streams.containsKey("/stream"));
        EmittedStream stream = streams.get("/stream");
        stream.emit("12345");
        stream.emit("67890");
        assertThat(client.next(Http2Frame.DATA).payload()).hasSize(5);
        assertThat(client.next(Http2Frame.DATA).payload()).hasSize(3);
        client.settle();
        assertThat(stream.requested).hasValue(2);

        client.window(1, 100);
        assertThat(client.next(Http2Frame.DATA).payload()).hasSize(2);
        await().untilAsserted(() -> assertThat(stream.requested).hasValue(3));
        client.reset(1);
        stream.awaitCancelled();
    }

    @Test
    void breaksStreamsOffWhosePublisherFails() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect().get(1, "/stream").get(3, "/first");
        await().until(() -> streams.containsKey("/stream"));
        EmittedStream stream = streams.get("/stream");
        stream.emit("first");
        client.next(Http2Frame.DATA);
        stream.subscriber().onError(new IOException("broken"));

        assertThat(client.next(Http2Frame.RST_STREAM).error()).isEqualTo(Http2Error.INTERNAL_ERROR);
        held.get("/first").complete(X);
        assertThat(client.response(3).status()).isEqualTo("200");
    }

    @Test
    void closesIdleConnectionsToMakeRoom() throws Exception {
        start(UndertowServer.builder().maxConnections(2).maxConnectionsPerAddress(2));
        FrameClient busy = connect().get(1, "/first");
        await().until(() -> held.size() == 1);
        FrameClient idle = connect();
        idle.get(1, "/").response(1);

        assertThat(connect().get(1, "/").response(1).status()).isEqualTo("200");
        assertThat(idle.rest()).noneMatch(frame -> frame.type() == Http2Frame.HEADERS);
        held.get("/first").complete(X);
        assertThat(busy.response(1).status()).isEqualTo("200");
    }

    @Test
    void keepsABusyConnectionAndRejectsItsUnfinishedBodiesIfBytesAreShort() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(100_000).maxBodySize(90_000));
        FrameClient hoarder = connect().get(1, "/first").post(3, "/body");
        for (int i = 0; i < 5; i++) {
            hoarder.data(3, false, "x".repeat(10_000));
        }
        hoarder.settle();
        await().until(() -> held.size() == 1 && server.stats().bufferedBytes() > 50_000);

        FrameClient other = connect().post(1, "/body");
        for (int i = 0; i < 6; i++) {
            other.data(1, false, "x".repeat(10_000));
        }
        assertThat(hoarder.response(3).status()).isEqualTo("503");
        held.get("/first").complete(X);
        assertThat(hoarder.response(1).status()).isEqualTo("200");
        assertThat(other.data(1, true, "").response(1).status()).isEqualTo("200");
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isEqualTo(1);
    }

    @Test
    void rejectsABodyForWhichThereIsNoRoom() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(20_000).maxBodySize(90_000));
        FrameClient client = connect().post(1, "/body");
        for (int i = 0; i < 5; i++) {
            client.data(1, false, "x".repeat(10_000));
        }
        assertThat(client.response(1).status()).isEqualTo("503");
        assertThat(client.get(3, "/").response(3).status()).isEqualTo("200");
    }
}
