package io.tollgate.runner.http.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.runner.http.Endpoint;
import io.tollgate.runner.http.undertow.ServerSettings.Heads;
import io.tollgate.runner.http.undertow.ServerSettings.Limits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Responses that are streams, on a real socket: each path has a publisher of its own. */
class StreamingTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static final Map<String, Flow.Publisher<ByteBuffer>> STREAMS = new ConcurrentHashMap<>();

    private static UndertowServer server;
    private static UndertowServer impatient;

    @BeforeAll
    static void start() throws IOException {
        server = start(LONG, Duration.ofMillis(100));
        impatient = start(SHORT, Duration.ofMillis(100));
    }

    @AfterAll
    static void stop() {
        server.close();
        impatient.close();
        THREADS.shutdownNow();
    }

    private static UndertowServer start(Duration writeTimeout, Duration drainTimeout) throws IOException {
        Endpoint endpoint = request -> CompletableFuture.completedStage(
                STREAMS.containsKey(request.path())
                        ? HttpResponse.streaming(200, "text/plain", STREAMS.get(request.path()))
                        : HttpResponse.of(200, "text/plain", "plain".getBytes(UTF_8)));
        ServerSettings settings = new ServerSettings(
                "tollgate-streaming-test",
                "127.0.0.1",
                0,
                1,
                Integer.MAX_VALUE,
                new Heads(16 * 1024, 64, 16, LONG),
                new Limits(64 * 1024, LONG, writeTimeout),
                LONG,
                drainTimeout);
        return UndertowServer.start(settings, endpoint, (status, peer) -> {
            throw new AssertionError("unreadable");
        });
    }

    private static EmittedStream emitted(String path) {
        EmittedStream stream = new EmittedStream();
        STREAMS.put(path, stream);
        return stream;
    }

    @Test
    void sendsTheHeadAtOnceAndEachBufferWhenItComes() throws Exception {
        EmittedStream stream = emitted("/each");
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
    void requestsABufferOnlyWhenTheLastIsTaken() throws Exception {
        EmittedStream stream = emitted("/one-at-a-time");
        try (StreamClient client = new StreamClient(server.address()).get("/one-at-a-time")) {
            client.head();
            await().until(() -> stream.requested.get() == 1);
            stream.emit("one");
            client.text();
            await().until(() -> stream.requested.get() == 2);
        }
    }

    @Test
    void slowsThePublisherDownToThePaceOfTheClient() throws Exception {
        Endless stream = new Endless(64 * 1024);
        STREAMS.put("/endless", stream);
        try (StreamClient client = new StreamClient(impatient.address()).get("/endless")) {
            client.head();

            // Reads nothing: the server gives up one write timeout after the socket is full, and not before.
            stream.cancelled.get(20, TimeUnit.SECONDS);

            assertThat(stream.emitted.get()).as("what sockets hold").isLessThan(1024);
            assertThatThrownBy(client::chunks).isInstanceOf(IOException.class);
        }
    }

    @Test
    void losesNothingWhenTheClientIsSlow() throws Exception {
        SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>(THREADS, 4);
        STREAMS.put("/slow", publisher);
        try (StreamClient client = new StreamClient(server.address()).get("/slow")) {
            client.head();
            byte[] expected = new byte[4 * 1024 * 1024];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (byte) (i * 31 + (i >> 8));
            }
            CompletableFuture<Void> sent = CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < expected.length; i += 100_000) {
                            publisher.submit(ByteBuffer.wrap(expected, i, Math.min(100_000, expected.length - i)));
                        }
                        publisher.close();
                    },
                    THREADS);

            assertThat(client.chunks()).isEqualTo(expected);
            sent.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void survivesAPublisherThatEmitsWithinTheRequest() throws Exception {
        STREAMS.put("/at-once", new Counted(20_000));
        try (StreamClient client = new StreamClient(server.address()).get("/at-once")) {
            client.head();

            assertThat(client.chunks()).hasSize(20_000);
        }
    }

    @Test
    void keepsTheConnectionForTheNextRequest() throws Exception {
        EmittedStream stream = emitted("/then-more");
        emitted("/empty");
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
            ((EmittedStream) STREAMS.get("/empty")).subscriber().onComplete();
            assertThat(client.chunks()).isEmpty();
            assertThat(client.get("/plain").head()).contains("Content-Length: 5");
        }
    }

    @Test
    void answersAPipelinedRequestAfterTheStream() throws Exception {
        EmittedStream stream = emitted("/before");
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
        EmittedStream stream = emitted("/gone");
        StreamClient client = new StreamClient(server.address()).get("/gone");
        client.head();
        long begun = System.nanoTime();
        // Sooner, it would be taken for a client that says it has no further requests.
        await().until(() -> System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(120));

        client.close();

        stream.awaitCancelled();
    }

    @Test
    void streamsToAClientThatShutsDownItsOutputBehindItsRequest() throws Exception {
        EmittedStream stream = emitted("/half-closed");
        try (StreamClient client = new StreamClient(server.address()).get("/half-closed")) {
            client.shutdownOutput();
            client.head();
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");
            stream.subscriber().onComplete();

            assertThat(client.chunks()).isEmpty();
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void breaksOffWhenThePublisherFails() throws Exception {
        EmittedStream stream = emitted("/fails");
        try (StreamClient client = new StreamClient(server.address()).get("/fails")) {
            client.head();
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");

            stream.subscriber().onError(new IllegalStateException("on purpose"));

            assertThatThrownBy(client::chunk).isInstanceOf(EOFException.class).hasMessage("closed after: ");
        }
    }

    @Test
    void breaksOffWhenThePublisherThrows() throws Exception {
        STREAMS.put("/throws", subscriber -> {
            throw new IllegalStateException("on purpose");
        });
        try (StreamClient client = new StreamClient(server.address()).get("/throws")) {
            client.head();

            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void breaksOffWhenThePublisherEmitsMoreThanIsRequested() throws Exception {
        EmittedStream stream = emitted("/too-much");
        try (StreamClient client = new StreamClient(server.address()).get("/too-much")) {
            client.head();
            await().until(() -> stream.requested.get() == 1);
            THREADS.submit(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            stream.subscriber().onNext(ByteBuffer.wrap(new byte[1]));
                        }
                        return null;
                    })
                    .get(20, TimeUnit.SECONDS);

            stream.awaitCancelled();
            assertThatThrownBy(client::chunks).isInstanceOf(IOException.class);
        }
    }

    @Test
    void givesAQuietStreamAllTheTimeItWants() throws Exception {
        EmittedStream stream = emitted("/quiet");
        try (StreamClient client = new StreamClient(impatient.address()).get("/quiet")) {
            client.head();
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");
            long begun = System.nanoTime();
            await().until(() ->
                    System.nanoTime() - begun > SHORT.multipliedBy(2).toNanos());

            stream.emit("two");
            assertThat(client.text()).isEqualTo("two");
        }
    }

    @Test
    void respondsToHeadWithoutSubscribing() throws Exception {
        EmittedStream stream = emitted("/head");
        try (StreamClient client = new StreamClient(server.address()).send("HEAD /head HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(client.head()).contains("Transfer-Encoding: chunked").doesNotContain("Content-Length");
            assertThat(client.get("/plain").head()).contains("Content-Length: 5");
            assertThat(stream.subscriptions).hasValue(0);
        }
    }

    @Test
    void streamsToHttp10UntilTheConnectionIsClosed() throws Exception {
        EmittedStream stream = emitted("/old");
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
        EmittedStream stream = emitted("/last");
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
        EmittedStream stream = emitted("/draining");
        UndertowServer stopping = start(LONG, LONG);
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
        EmittedStream stream = emitted("/outlasting");
        UndertowServer stopping = start(LONG, Duration.ofMillis(50));
        try (StreamClient client = new StreamClient(stopping.address()).get("/outlasting")) {
            client.head();

            stopping.close();

            stream.awaitCancelled();
            assertThatThrownBy(client::chunk).isInstanceOf(IOException.class);
        }
    }

    private static boolean listens(UndertowServer server) {
        try (StreamClient client = new StreamClient(server.address())) {
            return client != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Emits buffers on a thread of its own, as many as are requested. */
    private static final class Endless implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
        private final byte[] bytes;
        private final AtomicLong emitted = new AtomicLong();
        private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
        private volatile Flow.Subscriber<? super ByteBuffer> subscriber;

        Endless(int size) {
            this.bytes = new byte[size];
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
            subscriber = to;
            to.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            THREADS.execute(() -> {
                for (long i = 0; i < n; i++) {
                    emitted.incrementAndGet();
                    subscriber.onNext(ByteBuffer.wrap(bytes));
                }
            });
        }

        @Override
        public void cancel() {
            cancelled.complete(null);
        }
    }

    /** Emits so many bytes, each while it is requested. */
    private record Counted(int count) implements Flow.Publisher<ByteBuffer> {
        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new Flow.Subscription() {
                private int left = count;

                @Override
                public void request(long n) {
                    for (long i = 0; i < n && left > 0; i++) {
                        left--;
                        subscriber.onNext(ByteBuffer.wrap(new byte[1]));
                    }
                    if (left == 0) {
                        subscriber.onComplete();
                    }
                }

                @Override
                public void cancel() {
                    left = 0;
                }
            });
        }
    }
}
