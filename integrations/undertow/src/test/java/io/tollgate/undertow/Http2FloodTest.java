package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients in HTTP/2 that want to cost the server more than themselves. */
class Http2FloodTest {
    private static final HttpResponse OK = HttpResponse.of(200, "text/plain", "ok".getBytes(UTF_8));
    private static final int MANY = 50_000;
    private static final Duration SHORT = Duration.ofMillis(200);

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private UndertowServer server;

    @BeforeEach
    void start() throws IOException {
        start(UndertowServer.builder());
    }

    private void start(UndertowServer.Builder builder) throws IOException {
        if (server != null) {
            server.close();
        }
        server = builder.host("127.0.0.1")
                .ioThreads(1)
                .h2c(true)
                .exchanges(Waiting::new)
                .start();
    }

    @AfterEach
    void close() {
        await().untilAsserted(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().bufferedBytes()).isZero();
            assertThat(open).hasValue(0);
        });
        server.close();
    }

    /** Responds to {@code /}, to {@code /large} with more than fits into a window, and to others only when they are cancelled. */
    private final class Waiting implements ServerExchange {
        private final ServerRequest request;
        private final CompletableFuture<HttpResponse> never = new CompletableFuture<>();

        Waiting(ServerRequest request) {
            this.request = request;
        }

        @Override
        public CompletionStage<HttpResponse> respond() {
            begun.incrementAndGet();
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            return switch (request.path()) {
                case "/" -> CompletableFuture.completedStage(OK);
                case "/large" ->
                    CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", new byte[100_000]));
                default -> request.body().thenCompose(body -> never);
            };
        }

        @Override
        public HttpResponse failed(Throwable failure) {
            return HttpResponse.empty(503);
        }

        @Override
        public void onEnd() {
            open.decrementAndGet();
        }
    }

    /** Asserts that the server ends a connection on which something is written many times, more often than it takes. */
    private static void assertEnds(FrameClient client, byte[] once) throws Exception {
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            some.writeBytes(once);
        }
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < MANY / 100; i++) {
                    client.raw(some.toByteArray());
                }
            } catch (SocketException e) {
                // The server has closed the connection, as it should.
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();

        assertThat(client.goAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        writer.join();
    }

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to its bytes.
    private enum Frames {
        PING(FrameClient.bytes(Http2Frame.PING, 0, 0, new byte[8])),
        PING_ACK(FrameClient.bytes(Http2Frame.PING, Http2Frame.ACK, 0, new byte[8])),
        SETTINGS(FrameClient.bytes(Http2Frame.SETTINGS, 0, 0)),
        SETTINGS_ACK(FrameClient.bytes(Http2Frame.SETTINGS, Http2Frame.ACK, 0)),
        WINDOWS(FrameClient.bytes(Http2Frame.SETTINGS, 0, 0, FrameClient.octets(0, 4, 0, 0, 0, 1, 0, 4, 0, 0, 0, 2))),
        PRIORITY(FrameClient.bytes(Http2Frame.PRIORITY, 0, 5, FrameClient.octets(0, 0, 0, 3, 1))),
        WINDOW_UPDATE(FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, 1, FrameClient.four(1))),
        UNKNOWN(FrameClient.bytes(0x77, 0, 0, FrameClient.octets(1, 2, 3))),
        EMPTY_DATA(FrameClient.bytes(Http2Frame.DATA, 0, 1)),
        PADDED_DATA(FrameClient.bytes(Http2Frame.DATA, Http2Frame.PADDED, 1, FrameClient.octets(0))),
        RST_OF_CLOSED(FrameClient.bytes(Http2Frame.RST_STREAM, 0, 1, FrameClient.four(8)));

        private final byte[] bytes;

        Frames(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    @ParameterizedTest
    @EnumSource(Frames.class)
    void endsFloodsOfFramesThatServeNothing(Frames frames) throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            client.post(1, "/waiting");
            assertEnds(client, frames.bytes);
        }
    }

    @Test
    void endsResponsesThatAreTakenByteByByte() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address(), Http2Frame.INITIAL_WINDOW_SIZE, 0)) {
            client.get(1, "/large");
            assertEnds(client, FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, 1, FrameClient.four(1)));
        }
    }

    @Test
    void endsRapidResets() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            for (int id = 1; id < 2 * MANY; id += 2) {
                ByteArrayOutputStream both = new ByteArrayOutputStream();
                both.writeBytes(FrameClient.bytes(
                        Http2Frame.HEADERS,
                        Http2Frame.END_HEADERS | Http2Frame.END_STREAM,
                        id,
                        FrameClient.section(FrameClient.request("GET", "/waiting"))));
                both.writeBytes(FrameClient.bytes(Http2Frame.RST_STREAM, 0, id, FrameClient.four(8)));
                try {
                    client.raw(both.toByteArray());
                } catch (SocketException e) {
                    break;
                }
            }
            assertThat(client.goAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        }
        assertThat(begun.get()).isLessThan(1000);
        assertThat(mostOpen.get()).isLessThanOrEqualTo(100);
    }

    /** The resets are the server's own: it must send them for faults of the client. */
    @SuppressWarnings("ImmutableEnumChecker") // Its functions hold nothing.
    private enum Provocation {
        WINDOW_OF_ZERO(id -> FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, id, FrameClient.four(0))),
        WINDOW_TOO_LARGE(id -> FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, id, FrameClient.four(Integer.MAX_VALUE))),
        DATA_AFTER_THE_END(id -> FrameClient.bytes(Http2Frame.DATA, 0, id, (byte) 1)),
        HEADERS_AFTER_THE_END(
                id -> FrameClient.bytes(Http2Frame.HEADERS, Http2Frame.END_HEADERS, id, FrameClient.section("a", "b"))),
        DEPENDENCE_ON_ITSELF(
                id -> FrameClient.bytes(Http2Frame.PRIORITY, 0, id, FrameClient.octets(0, 0, id >> 8, id, 1)));

        private interface Frame {
            byte[] of(int id);
        }

        private final Frame frame;

        Provocation(Frame frame) {
            this.frame = frame;
        }
    }

    @ParameterizedTest
    @EnumSource(Provocation.class)
    void endsResetsThatTheClientProvokes(Provocation provocation) throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            try {
                for (int id = 1; id < 2 * MANY; id += 2) {
                    client.get(id, "/waiting");
                    client.raw(provocation.frame.of(id));
                }
            } catch (SocketException e) {
                assertThat(e).isNotNull(); // The server has closed the connection.
            }
            assertThat(client.goAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        }
        assertThat(begun.get()).isLessThan(1000);
    }

    @Test
    void endsFloodsOfRequestsThatAreMalformed() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            try {
                for (int id = 1; id < 2 * MANY; id += 2) {
                    client.headers(id, true, FrameClient.request("GET", "/", "connection", "close"));
                }
            } catch (SocketException e) {
                assertThat(e).isNotNull(); // The server has closed the connection.
            }
            assertThat(client.goAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        }
        assertThat(begun).hasValue(0);
    }

    @Test
    void refusesStreamsBeyondTheMaximum() throws Exception {
        start(UndertowServer.builder().maxStreams(3));
        try (FrameClient client = FrameClient.connect(server.address())) {
            for (int id = 1; id <= 9; id += 2) {
                client.get(id, "/waiting");
            }
            for (int id = 7; id <= 9; id += 2) {
                FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
                assertThat(reset.stream()).isEqualTo(id);
                assertThat(reset.error()).isEqualTo(Http2Error.REFUSED_STREAM);
            }
            client.reset(1).settle();
            assertThat(client.get(11, "/").response(11).status()).isEqualTo("200");
        }
        assertThat(mostOpen).hasValue(3);
    }

    @Test
    void announcesItsLimits() throws Exception {
        try (FrameClient client = FrameClient.silent(server.address())) {
            client.raw(Http2Reader.PREFACE).settings();
            FrameClient.Frame settings = client.next();

            assertThat(settings.type()).isEqualTo(Http2Frame.SETTINGS);
            assertThat(settings.payload())
                    .containsExactly(0, 3, 0, 0, 0, 100, 0, 6, 0, 0, 0x40, 0); // 100 streams, heads of 16 KiB.
        }
    }

    @Test
    void endsContinuationsWithoutAnEnd() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            client.frame(Http2Frame.HEADERS, 0, 1, FrameClient.section(FrameClient.request("GET", "/")));
            assertEnds(client, FrameClient.bytes(Http2Frame.CONTINUATION, 0, 1, FrameClient.section("a", "b")));
        }
    }

    @Test
    void endsEmptyContinuationsWithoutAnEnd() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            client.frame(Http2Frame.HEADERS, 0, 1, FrameClient.section(FrameClient.request("GET", "/")));
            assertEnds(client, FrameClient.bytes(Http2Frame.CONTINUATION, 0, 1));
        }
    }

    @Test
    void rejectsHeadsThatAreSmallOnTheWireOnly() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            ByteArrayOutputStream bomb = new ByteArrayOutputStream();
            bomb.write(0x40); // An entry of the table, 4 KB.
            FrameClient.string(bomb, "bomb");
            FrameClient.string(bomb, "b".repeat(4000));
            for (int i = 0; i < 10_000; i++) {
                bomb.write(0x80 | 62); // And again, a byte each: 40 MB.
            }
            client.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, 1, bomb.toByteArray());

            assertThat(client.next(Http2Frame.HEADERS).status()).isEqualTo("400");
            assertThat(client.next(Http2Frame.RST_STREAM).stream()).isEqualTo(1);
            assertThat(client.get(3, "/").response(3).status()).isEqualTo("200");
        }
    }

    @Test
    void endsConnectionsThatSendNoPreface() throws Exception {
        start(UndertowServer.builder().headTimeout(SHORT).idleTimeout(SHORT));
        try (FrameClient silent = FrameClient.silent(server.address());
                FrameClient half = FrameClient.silent(server.address()).raw("PRI * HT".getBytes(UTF_8));
                FrameClient noSettings = FrameClient.silent(server.address()).raw(Http2Reader.PREFACE)) {
            assertThat(silent.rest()).isEmpty();
            assertThat(half.rest()).isEmpty();
            assertThat(noSettings.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        }
    }

    @Test
    void endsFramesThatDoNotEnd() throws Exception {
        start(UndertowServer.builder().headTimeout(SHORT));
        try (FrameClient frame = FrameClient.connect(server.address());
                FrameClient head = FrameClient.connect(server.address());
                FrameClient trickled = FrameClient.connect(server.address())) {
            frame.raw((byte) 0, (byte) 0, (byte) 8);
            head.frame(Http2Frame.HEADERS, 0, 1, FrameClient.section(FrameClient.request("GET", "/")));
            trickled.get(1, "/waiting").frame(Http2Frame.HEADERS, 0, 3, FrameClient.section("a", "b"));

            assertThat(frame.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
            assertThat(head.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
            assertThat(trickled.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        }
    }

    @Test
    void endsIdleConnectionsWhateverTheyPing() throws Exception {
        start(UndertowServer.builder().idleTimeout(Duration.ofMillis(500)));
        try (FrameClient client = FrameClient.connect(server.address())) {
            assertThat(client.get(1, "/").response(1).status()).isEqualTo("200");
            try {
                while (true) {
                    client.settle();
                    Thread.onSpinWait();
                }
            } catch (IOException e) {
                assertThat(e).isNotNull(); // The server has closed the connection.
            }
        }
    }

    @Test
    void resetsStreamsWhoseWindowsStayClosed() throws Exception {
        start(UndertowServer.builder().writeTimeout(SHORT));
        try (FrameClient client = FrameClient.connect(server.address(), Http2Frame.INITIAL_WINDOW_SIZE, 10)) {
            client.get(1, "/large");
            FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
            assertThat(reset.error()).isEqualTo(Http2Error.CANCEL);
            client.window(3, 1);
            assertThat(client.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR); // That stream has not begun.
        }
    }

    @Test
    void endsConnectionsWhoseWindowStaysClosed() throws Exception {
        start(UndertowServer.builder().writeTimeout(SHORT));
        try (FrameClient client = FrameClient.connect(server.address(), Http2Frame.INITIAL_WINDOW_SIZE, 1_000_000)) {
            client.get(1, "/large");
            int content = client.rest().stream()
                    .filter(frame -> frame.type() == Http2Frame.DATA)
                    .mapToInt(frame -> frame.payload().length)
                    .sum();
            assertThat(content).isEqualTo(Http2Frame.DEFAULT_WINDOW);
        }
    }

    @Test
    void endsConnectionsThatReadNothing() throws Exception {
        start(UndertowServer.builder().writeTimeout(SHORT).sendBufferSize(4096));
        try (FrameClient client =
                FrameClient.connect(server.address(), Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE)) {
            client.window(0, Integer.MAX_VALUE - Http2Frame.DEFAULT_WINDOW);
            for (int id = 1; id < 200; id += 2) {
                client.get(id, "/large");
            }
            await().until(() -> server.stats().connections() == 0);
        }
    }

    @Test
    void givesUpBodiesThatArriveSlowly() throws Exception {
        start(UndertowServer.builder().bodyTimeout(SHORT));
        try (FrameClient client = FrameClient.connect(server.address())) {
            client.post(1, "/waiting").data(1, false, "x");
            assertThat(client.next(Http2Frame.HEADERS).status())
                    .isEqualTo("503"); // As this endpoint says for all failures.
        }
    }
}
