package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses in HTTP/1.1 that are written at once, and those beside them that cannot be. */
class WholeResponseTest extends ServerAndClients {
    private static final int LIMIT = WholeResponse.MAX_BODY;

    private final AtomicInteger handled = new AtomicInteger();
    private volatile HttpResponse next = HttpResponse.empty(200);

    private void start() throws IOException {
        start(UndertowServer.builder(), this::respond);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        handled.incrementAndGet();
        return CompletableFuture.completedStage(next);
    }

    private static HttpResponse text(String body) {
        return HttpResponse.of(200, "text/plain", body.getBytes(ISO_8859_1));
    }

    private static String random(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ThreadLocalRandom.current().nextInt('a', 'z' + 1);
        }
        return new String(bytes, ISO_8859_1);
    }

    private static String body(StreamClient client, int length) throws IOException {
        String head = client.head();
        assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: " + length + "\r\n");
        return new String(client.bytes(length), ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, LIMIT - 1, LIMIT, LIMIT + 1, 3 * LIMIT})
    void haveBodiesOfAnyLength(int length) throws Exception {
        String content = random(length);
        next = text(content);
        start();
        StreamClient client = connectHttp1();
        for (int i = 0; i < 3; i++) {
            assertThat(body(client.get("/"), length)).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {55, 58, 59, 60, 61, 62, 63, 64, 65, 70, 200})
    void haveAsManyFieldsAsTheyAreGiven(int count) throws Exception {
        HttpResponse response = text("x");
        for (int i = 0; i < count; i++) {
            response = response.withHeader("X-Field-" + i, "value " + i);
        }
        next = response;
        start();
        StreamClient client = connectHttp1();
        for (int i = 0; i < 2; i++) {
            String head = client.get("/").head();
            for (int field = 0; field < count; field++) {
                assertThat(head).containsOnlyOnce("\r\nX-Field-" + field + ": value " + field + "\r\n");
            }
            assertThat(client.bytes(1)).containsExactly('x');
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15_000, 16_000, 16_200, 16_384, 17_000, 40_000})
    void haveHeadsOfAnyLength(int length) throws Exception {
        next = text("x").withHeader("X-Long", random(length));
        start();
        StreamClient client = connectHttp1();
        for (int i = 0; i < 2; i++) {
            assertThat(client.get("/").head())
                    .contains("\r\nX-Long: " + next.header("X-Long").orElseThrow() + "\r\n");
            assertThat(client.bytes(1)).containsExactly('x');
        }
    }

    @Test
    void haveEachFieldOnce() throws Exception {
        next = text("body")
                .withHeader("content-length", "7")
                .withHeader("date", "today")
                .withHeader("x-content-type-options", "sniff");
        start();
        StreamClient client = connectHttp1();
        String head = client.get("/").head().toLowerCase(Locale.ROOT);
        assertThat(head)
                .containsOnlyOnce("content-length: 4\r\n")
                .containsOnlyOnce("content-length")
                .containsOnlyOnce("date: today\r\n")
                .containsOnlyOnce("date:")
                .containsOnlyOnce("x-content-type-options: sniff\r\n")
                .containsOnlyOnce("x-content-type-options");
        assertThat(client.bytes(4)).isEqualTo("body".getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "connection", "CONNECTION"})
    void endTheConnectionIfTheySaySo(String name) throws Exception {
        next = text("x").withHeader(name, "close");
        start();
        StreamClient client = connectHttp1().get("/");
        assertThat(client.head()).containsIgnoringCase("connection: close\r\n");
        assertThat(client.rest()).containsExactly('x');
    }

    @Test
    void areFramedOnceIfTheyNameAnEncoding() throws Exception {
        next = text("x").withHeader("transfer-encoding", "chunked");
        start();
        StreamClient client = connectHttp1();
        for (int i = 0; i < 2; i++) {
            String head = client.get("/").head();
            boolean chunked = head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked");
            assertThat(head.contains("Content-Length")).isNotEqualTo(chunked);
            assertThat(chunked ? client.chunks() : client.bytes(1)).containsExactly('x');
        }
    }

    @Test
    void haveNoBodyForHead() throws Exception {
        next = text("body");
        start();
        StreamClient client = connectHttp1().send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.head()).contains("Content-Length: 4\r\n");
        assertThat(body(client.get("/"), 4)).isEqualTo("body");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void haveNoLengthIfTheirStatusAllowsNoBody(int status) throws Exception {
        next = HttpResponse.empty(status);
        start();
        StreamClient client = connectHttp1().get("/");
        assertThat(client.head()).startsWith("HTTP/1.1 " + status).doesNotContain("Content-Length");
        next = text("body");
        assertThat(body(client.get("/"), 4)).isEqualTo("body");
    }

    @Test
    void endTheConnectionForConnect() throws Exception {
        next = text("x");
        start();
        StreamClient client = connectHttp1().send("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.head()).contains("Connection: close\r\n");
        assertThat(client.rest()).containsExactly('x');
    }

    @Test
    void followEachOtherForPipelinedRequests() throws Exception {
        next = text("body");
        start();
        StreamClient client = connectHttp1().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
        for (int i = 0; i < 20; i++) {
            assertThat(body(client, 4)).isEqualTo("body");
        }
    }

    /** Returns a client whose socket holds less than one response, so that the server has to wait for it. */
    private Socket narrow() throws IOException {
        Socket socket = closing(new Socket());
        socket.setReceiveBufferSize(1024);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.address().getPort()));
        return socket;
    }

    private void send(Socket socket) throws IOException {
        int before = handled.get();
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
        await().until(() -> handled.get() > before);
    }

    @Test
    void reachClientsThatReadThemSlowly() throws Exception {
        String content = random(LIMIT);
        next = text(content);
        start(UndertowServer.builder().sendBufferSize(1024), this::respond);
        Socket socket = narrow();
        for (int i = 0; i < 3; i++) {
            send(socket);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (!all.toString(ISO_8859_1).endsWith(content)) {
                int read = socket.getInputStream().read();
                assertThat(read).as("after %d bytes", all.size()).isNotNegative();
                all.write(read);
            }
            assertThat(all.toString(ISO_8859_1)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(all.toString(ISO_8859_1).split("\r\n\r\n", 2)[1]).isEqualTo(content);
        }
    }

    @Test
    void endWithTheConnectionOfAClientThatTakesNothing() throws Exception {
        next = text(random(LIMIT));
        start(UndertowServer.builder().sendBufferSize(1024).writeTimeout(Duration.ofMillis(100)), this::respond);
        Socket socket = narrow();
        send(socket);

        await().untilAsserted(() -> assertThat(server.stats().connections()).isZero());
        assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(LIMIT);
    }

    @Test
    void endWithTheConnectionOfAClientThatGoesAwayMeanwhile() throws Exception {
        next = text(random(LIMIT));
        start(UndertowServer.builder().sendBufferSize(1024), this::respond);
        Socket socket = narrow();
        send(socket);
        socket.setSoLinger(true, 0);
        socket.close();

        await().untilAsserted(() -> assertThat(server.stats().connections()).isZero());
    }
}
