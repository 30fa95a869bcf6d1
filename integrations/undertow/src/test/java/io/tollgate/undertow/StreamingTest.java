package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of streams in HTTP, and their connections, on a real socket. */
class StreamingTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    private static StreamServer server;

    @BeforeAll
    static void start() throws IOException {
        server = StreamServer.start(LONG, Duration.ofMillis(100));
    }

    @AfterAll
    static void stop() {
        server.close();
        THREADS.shutdownNow();
    }

    @Test
    void sendsTheHeadAtOnceAndEachBufferWhenItComes() throws Exception {
        EmittedStream stream = server.emitted("/each");
        try (StreamClient client = new StreamClient(server.address()).get("/each")) {
            assertThat(client.head())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains(
                            "Transfer-Encoding: chunked", "Content-Type: text/plain", "X-Content-Type-Options: nosniff")
                    .doesNotContain("Content-Length");
            for (String text : new String[] {"one", "two", "three"}) {
                stream.emit(text);
                assertThat(client.text()).isEqualTo(text);
            }
            stream.subscriber().onComplete();

            assertThat(client.text()).isEmpty();
            assertThat(stream.subscriptions).hasValue(1);
        }
    }

    @Test
    void keepsTheConnectionForTheNextRequest() throws Exception {
        EmittedStream stream = server.emitted("/then-more");
        EmittedStream empty = server.emitted("/empty");
        try (StreamClient client = new StreamClient(server.address()).get("/then-more")) {
            client.head();
            stream.emit("one");
            stream.subscriber().onComplete();
            assertThat(client.chunks()).asString(UTF_8).isEqualTo("one");

            client.get("/plain");
            assertThat(client.head()).contains("Content-Length: 5");
            assertThat(client.bytes(5)).asString(UTF_8).isEqualTo("plain");
            client.get("/empty");
            assertThat(client.head()).contains("Transfer-Encoding: chunked");
            empty.subscriber().onComplete();
            assertThat(client.chunks()).isEmpty();
            assertThat(client.get("/plain").head()).contains("Content-Length: 5");
        }
    }

    @Test
    void answersAPipelinedRequestAfterTheStream() throws Exception {
        EmittedStream stream = server.emitted("/before");
        try (StreamClient client = new StreamClient(server.address()).get("/before")) {
            client.head();
            client.get("/plain");
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");
            stream.subscriber().onComplete();

            assertThat(client.chunks()).isEmpty();
            assertThat(client.head()).contains("Content-Length: 5");
        }
    }

    @Test
    void cancelsAQuietStreamWhoseClientGoesAway() throws Exception {
        EmittedStream stream = server.emitted("/gone");
        StreamClient client = new StreamClient(server.address()).get("/gone");
        client.head();

        client.close();

        stream.awaitCancelled();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelsAQuietStreamWhoseClientGoesAwayAfterAnotherRequest(boolean atOnce) throws Exception {
        EmittedStream stream = server.emitted("/gone-" + atOnce);
        String next = "GET /plain HTTP/1.1\r\nHost: x\r\n\r\n";
        StreamClient client = new StreamClient(server.address())
                .send("GET /gone-" + atOnce + " HTTP/1.1\r\nHost: x\r\n\r\n" + (atOnce ? next : ""));
        client.head();
        client.send(next).send(next);
        long begun = System.nanoTime();
        // Sooner, it would be taken for a client that awaits all that it has requested.
        await().until(() -> System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(120));

        client.close();

        stream.awaitCancelled();
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 1, x, true",
        "Content-Length: 1, x, false",
        "Transfer-Encoding: chunked, 1~x~0~~, true",
        "Transfer-Encoding: chunked, 1~x~0~~, false",
    })
    void cancelsAQuietStreamWhoseClientGoesAwayAfterItsBody(String framing, String body, boolean atOnce)
            throws Exception {
        EmittedStream stream = server.emitted("/with-body");
        String head = "POST /with-body HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n\r\n";
        String content = body.replace("~", "\r\n");
        StreamClient client = new StreamClient(server.address()).send(atOnce ? head + content : head);
        if (!atOnce) {
            client.send(content);
        }
        client.head();

        client.close();

        stream.awaitCancelled();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void doesNotBeginAStreamWhoseClientLeftBefore(boolean pipelined, boolean reset) throws Exception {
        try (StreamServer own = StreamServer.start(LONG, Duration.ofMillis(100))) {
            EmittedStream stream = new EmittedStream();
            CompletableFuture<HttpResponse> response = new CompletableFuture<>();
            own.add("/late", response);
            StreamClient client = new StreamClient(own.address()).get("/late");
            if (pipelined) {
                client.get("/plain");
            }
            long begun = System.nanoTime();
            await().until(() -> System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(120));

            if (reset) {
                client.reset();
            } else {
                client.close();
            }
            response.complete(HttpResponse.streaming(200, "text/plain", stream));

            await().until(() -> own.connections() == 0);
            assertThat(stream.subscriptions).hasValue(0);
        }
    }

    @Test
    void answersAllThatWasPipelinedBehindAStreamBeforeItsClientShutItsOutput() throws Exception {
        EmittedStream stream = server.emitted("/before-half-close");
        try (StreamClient client = new StreamClient(server.address()).get("/before-half-close")) {
            client.head();
            client.get("/plain").get("/plain").shutdownOutput();
            stream.subscriber().onComplete();

            assertThat(client.chunks()).isEmpty();
            for (int i = 0; i < 2; i++) {
                assertThat(client.head()).contains("Content-Length: 5");
                client.bytes(5);
            }
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void streamsToAClientThatShutsDownItsOutputBehindItsRequest() throws Exception {
        EmittedStream stream = new EmittedStream();
        CompletableFuture<HttpResponse> response = new CompletableFuture<>();
        server.add("/half-closed", response);
        try (StreamClient client = new StreamClient(server.address()).get("/half-closed")) {
            client.shutdownOutput();
            response.complete(HttpResponse.streaming(200, "text/plain", stream));
            client.head();
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");
            stream.subscriber().onComplete();

            assertThat(client.chunks()).isEmpty();
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void respondsToHeadWithoutSubscribing() throws Exception {
        EmittedStream stream = server.emitted("/head");
        try (StreamClient client = new StreamClient(server.address()).send("HEAD /head HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(client.head()).contains("Transfer-Encoding: chunked").doesNotContain("Content-Length");
            assertThat(client.get("/plain").head()).contains("Content-Length: 5");
            assertThat(stream.subscriptions).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void respondsWithoutABodyWithoutSubscribing(int status) throws Exception {
        EmittedStream stream = server.emitted("/" + status, status);
        try (StreamClient client = new StreamClient(server.address()).get("/" + status)) {
            assertThat(client.head()).startsWith("HTTP/1.1 " + status).doesNotContain("Transfer-Encoding");
            assertThat(client.get("/plain").head()).startsWith("HTTP/1.1 200").contains("Content-Length: 5");
            assertThat(stream.subscriptions).hasValue(0);
        }
    }

    @Test
    void streamsToHttp10UntilTheConnectionIsClosed() throws Exception {
        EmittedStream stream = server.emitted("/old");
        try (StreamClient client =
                new StreamClient(server.address()).send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")) {
            assertThat(client.head())
                    .contains("Connection: close")
                    .doesNotContain("Transfer-Encoding", "Content-Length");
            stream.emit("one");
            assertThat(client.bytes(3)).asString(UTF_8).isEqualTo("one");
            await().until(() -> stream.requested.get() == 2);
            stream.emit("two");
            stream.subscriber().onComplete();

            assertThat(client.rest()).asString(UTF_8).isEqualTo("two");
        }
    }

    @Test
    void chunksForAClientThatWantsTheConnectionClosed() throws Exception {
        EmittedStream stream = server.emitted("/last");
        try (StreamClient client =
                new StreamClient(server.address()).send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
            assertThat(client.head()).contains("Transfer-Encoding: chunked", "Connection: close");
            stream.emit("one");
            stream.subscriber().onComplete();

            assertThat(client.chunks()).asString(UTF_8).isEqualTo("one");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void letsAStreamEndWithinTheGracePeriodAndClosesItsConnection() throws Exception {
        StreamServer stopping = StreamServer.start(LONG, LONG);
        EmittedStream stream = stopping.emitted("/draining");
        CompletableFuture<Void> closed;
        try (StreamClient client = new StreamClient(stopping.address()).get("/draining")) {
            client.head();
            closed = CompletableFuture.runAsync(stopping::close, THREADS);
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");
            await().until(() -> !listens(stopping));
            stream.subscriber().onComplete();

            assertThat(client.chunks()).isEmpty();
            assertThat(client.rest()).isEmpty();
        }
        closed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void cancelsStreamsThatOutlastTheGracePeriod() throws Exception {
        StreamServer stopping = StreamServer.start(LONG, Duration.ofMillis(50));
        EmittedStream stream = stopping.emitted("/outlasting");
        try (StreamClient client = new StreamClient(stopping.address()).get("/outlasting")) {
            client.head();

            stopping.close();

            stream.awaitCancelled();
            assertThatThrownBy(client::chunk).isInstanceOf(IOException.class);
        }
    }

    private static boolean listens(StreamServer server) {
        try (StreamClient client = new StreamClient(server.address())) {
            return client != null;
        } catch (IOException e) {
            return false;
        }
    }
}
