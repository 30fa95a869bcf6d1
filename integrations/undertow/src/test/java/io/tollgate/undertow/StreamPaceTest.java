package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pace of streams on a real socket: fast and slow publishers, fast and slow clients. */
class StreamPaceTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    private static StreamServer server;
    private static StreamServer impatient;

    @BeforeAll
    static void start() throws IOException {
        server = StreamServer.start(LONG, Duration.ofMillis(100));
        impatient = StreamServer.start(SHORT, Duration.ofMillis(100));
    }

    @AfterAll
    static void stop() {
        server.close();
        impatient.close();
        THREADS.shutdownNow();
    }

    @Test
    void requestsABufferOnlyWhenTheLastIsTaken() throws Exception {
        EmittedStream stream = server.emitted("/one-at-a-time");
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
        EndlessStream stream = new EndlessStream(THREADS, 64 * 1024);
        impatient.add("/endless", stream);
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
        server.add("/slow", publisher);
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
        server.add("/at-once", new Counted(20_000));
        try (StreamClient client = new StreamClient(server.address()).get("/at-once")) {
            client.head();

            assertThat(client.chunks()).hasSize(20_000);
        }
    }

    @Test
    void givesAQuietStreamAllTheTimeItWants() throws Exception {
        EmittedStream stream = impatient.emitted("/quiet");
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
    void leavesTheThreadToOthersWhileAPublisherEmitsEmptyBuffersWithoutEnd() throws Exception {
        EndlessStream stream = new EndlessStream(Runnable::run, 0);
        server.add("/nothing", stream);
        try (StreamClient client = new StreamClient(server.address()).get("/nothing");
                StreamClient other = new StreamClient(server.address()).get("/plain")) {
            client.head();
            await().until(() -> stream.emitted.get() > 10_000);
            assertThat(other.head()).contains("Content-Length: 5");

            client.hangUp();

            stream.cancelled.get(20, TimeUnit.SECONDS);
        } finally {
            stream.cancel(); // Lets the thread of the server go if it is held.
        }
    }

    @Test
    void skipsEmptyBuffers() throws Exception {
        EmittedStream stream = server.emitted("/gaps");
        try (StreamClient client = new StreamClient(server.address()).get("/gaps")) {
            client.head();
            for (String text : new String[] {"", "one", "", "", "two", ""}) {
                stream.emit(text);
            }
            stream.subscriber().onComplete();

            assertThat(client.chunks()).asString(UTF_8).isEqualTo("onetwo");
        }
    }

    @Test
    void writesALargeBufferInPieces() throws Exception {
        EmittedStream stream = server.emitted("/large");
        byte[] expected = new byte[10_000_000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (i * 31 + (i >> 8));
        }
        try (StreamClient client = new StreamClient(server.address()).get("/large")) {
            client.head();
            stream.emit(ByteBuffer.wrap(expected));
            stream.subscriber().onComplete();

            ByteBuffer received = ByteBuffer.allocate(expected.length);
            for (byte[] chunk = client.chunk(); chunk.length > 0; chunk = client.chunk()) {
                assertThat(chunk.length).isLessThanOrEqualTo(64 * 1024);
                received.put(chunk);
            }
            assertThat(received.array()).isEqualTo(expected);
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
