package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients in HTTP/2 that take no response, and send bodies so as to look busy. */
class Http2StalledTest extends ServerAndClients {
    private static final HttpResponse X = HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8));
    private static final int MAX_BODY = 10_000;

    /** A response of which the output has room for three, and the sockets have not. */
    private static final HttpResponse SOME = HttpResponse.of(200, "text/plain", new byte[9_000]);

    private final List<HttpRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger bodies = new AtomicInteger();
    private final CompletableFuture<HttpResponse> late = new CompletableFuture<>();

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder.maxBodySize(MAX_BODY), this::respond);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        if (request.path().equals("/body")) {
            return request.body(MAX_BODY).handle((body, failure) -> failure == null ? X : HttpResponse.empty(413));
        }
        if (request.path().equals("/held")) {
            return request.body(MAX_BODY).thenCompose(body -> {
                bodies.incrementAndGet();
                return late;
            });
        }
        requests.add(request);
        return switch (request.path()) {
            case "/late" -> late;
            case "/some" -> CompletableFuture.completedStage(SOME);
            default -> CompletableFuture.completedStage(X);
        };
    }

    private void startForThree() throws IOException {
        start(UndertowServer.builder().maxConnections(3).maxConnectionsPerAddress(3));
    }

    private void assertThatANewcomerIsServed() {
        await().ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            try (FrameClient newcomer = FrameClient.connect(server.address())) {
                assertThat(newcomer.get(1, "/").response(1).status()).isEqualTo("200");
            }
        });
    }

    @Test
    void givesUpResponsesThatStallWhoseRequestsTurnOutToBeMalformed() throws Exception {
        startForThree();
        for (int i = 0; i < 3; i++) {
            FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 0)
                    .headers(1, false, FrameClient.request("GET", "/", "content-length", "1"));
            client.next(Http2Frame.HEADERS);
            client.data(1, false, "xx");

            FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
            assertThat(reset.error()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        }

        assertThatANewcomerIsServed();
    }

    @Test
    void givesUpResponsesThatStallWhileBodiesGetTooLarge() throws Exception {
        startForThree();
        for (int i = 0; i < 3; i++) {
            FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 0).post(1, "/");
            client.next(Http2Frame.HEADERS);
            client.data(1, false, "x".repeat(MAX_BODY + 1)).settle();
        }

        assertThatANewcomerIsServed();
    }

    @Test
    void givesUpResponsesThatStallWhoseBodiesAreReadLate() throws Exception {
        startForThree();
        for (int i = 0; i < 3; i++) {
            FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 0).post(1, "/");
            client.next(Http2Frame.HEADERS);
            client.settle();
            CompletableFuture<byte[]> body = requests.get(i).body(MAX_BODY).toCompletableFuture();
            client.data(1, true, "x").settle();
            assertThat(body.get()).hasSize(1);
        }

        assertThatANewcomerIsServed();
    }

    @Test
    void endsConnectionsWhoseRequestsTurnOutToBeMalformedOverAndOver() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 0);
        Thread writer = new Thread(() -> {
            try {
                for (int id = 1; id < 2_000; id += 2) {
                    client.headers(id, false, FrameClient.request("GET", "/", "content-length", "1"));
                    client.data(id, false, "xx");
                }
            } catch (IOException e) {
                assertThat(e).isNotNull(); // The server has closed the connection.
            }
        });
        writer.start();

        assertThat(client.goAway()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        writer.join();
    }

    @Test
    void endsFieldSectionsThatGoOnForLongerThanAHeadMay() throws Exception {
        Duration timeout = Duration.ofMillis(500);
        start(UndertowServer.builder().headTimeout(timeout));
        FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 0).get(1, "/"); // Which waits for its window.
        client.next(Http2Frame.HEADERS);
        client.frame(Http2Frame.HEADERS, 0, 3, FrameClient.section(":method", "GET"));
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        long millis = timeout.toMillis() * 6 / 10;
        try {
            ScheduledFuture<?> unused = timer.scheduleAtFixedRate(
                    () -> continued(client, FrameClient.section("a", "b")), millis, millis, TimeUnit.MILLISECONDS);

            assertThat(client.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        } finally {
            timer.shutdownNow();
        }
    }

    private static void continued(FrameClient client, byte[] section) {
        try {
            client.frame(Http2Frame.CONTINUATION, 0, 3, section);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // The server has closed the connection: the timer ends.
        }
    }

    @Test
    void givesTheConnectionCreditForBodiesThatAreTooLarge() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect();
        int more = 2 * Http2Streams.RECEIVE_WINDOW / Http2Frame.MAX_SIZE;
        for (int id = 1; id < 2 * more; id += 2) {
            client.post(id, "/body").data(id, false, "x".repeat(Http2Frame.MAX_SIZE));
            assertThat(client.next(Http2Frame.HEADERS).status()).isEqualTo("413");
        }
    }

    @Test
    void givesTheConnectionCreditForBodiesThatWereReadBeforeTheirResponse() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect();
        int window = Http2Frame.DEFAULT_WINDOW;
        int count = 2 * Http2Streams.RECEIVE_WINDOW / MAX_BODY;
        for (int i = 0; i < count; i++) {
            while (window < MAX_BODY) {
                window += client.next(frame -> frame.type() == Http2Frame.WINDOW_UPDATE && frame.stream() == 0)
                        .number(0);
            }
            client.post(2 * i + 1, "/held").data(2 * i + 1, true, "x".repeat(MAX_BODY));
            window -= MAX_BODY;
        }

        await().until(() -> bodies.get() == count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/some", "/late"})
    void closesConnectionsWhoseClientTakesNothing(String path) throws Exception {
        start(UndertowServer.builder()
                .sendBufferSize(4096)
                .writeTimeout(Duration.ofMillis(500))
                .idleTimeout(Duration.ofMinutes(10)));
        Socket socket = new Socket();
        socket.setReceiveBufferSize(2048);
        socket.connect(server.address());
        FrameClient client = closing(new FrameClient(socket)).greet();
        ByteArrayOutputStream gets = new ByteArrayOutputStream();
        for (int id = 1; id < 7; id += 2) {
            byte[] section = FrameClient.section(FrameClient.request("GET", path));
            gets.writeBytes(
                    FrameClient.bytes(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, id, section));
        }
        client.raw(gets.toByteArray());
        await().until(() -> requests.size() == 3);
        late.complete(SOME);

        await().until(() -> server.stats().connections() == 0);
    }
}
