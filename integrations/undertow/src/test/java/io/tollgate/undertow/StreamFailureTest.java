package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Streams that end before their time, on a real socket: publishers that fail or break the rules of {@link Flow}, and clients
 * and servers that leave.
 */
class StreamFailureTest {
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
    void breaksOffWhenThePublisherFails() throws Exception {
        EmittedStream stream = server.emitted("/fails");
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
        server.add("/throws", subscriber -> {
            throw new IllegalStateException("on purpose");
        });
        try (StreamClient client = new StreamClient(server.address()).get("/throws")) {
            client.head();

            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void breaksOffWhenThePublisherEmitsMoreThanIsRequested() throws Exception {
        EmittedStream stream = server.emitted("/too-much");
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
    void breaksOffForNull() throws Exception {
        EmittedStream stream = server.emitted("/null");
        try (StreamClient client = new StreamClient(server.address()).get("/null")) {
            client.head();
            Flow.Subscriber<? super ByteBuffer> subscriber = stream.subscriber();

            assertThatThrownBy(() -> subscriber.onNext(null)).isInstanceOf(NullPointerException.class);

            stream.awaitCancelled();
            assertThatThrownBy(client::chunk).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void ignoresSignalsAfterTheEnd() throws Exception {
        EmittedStream stream = server.emitted("/after-the-end");
        try (StreamClient client = new StreamClient(server.address()).get("/after-the-end")) {
            client.head();
            byte[] large = new byte[8_000_000]; // More than sockets hold: its end is not written yet.
            stream.emit(ByteBuffer.wrap(large));
            stream.subscriber().onComplete();
            stream.subscriber().onComplete();
            stream.subscriber().onNext(ByteBuffer.wrap(new byte[1]));
            stream.subscriber().onError(new IllegalStateException("on purpose"));

            assertThat(client.chunks()).isEqualTo(large);
            assertThat(client.get("/plain").head()).contains("Content-Length: 5");
        }
    }

    @Test
    void breaksOffThoughThePublisherFailsToCancel() throws Exception {
        CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscribed = new CompletableFuture<>();
        server.add("/no-cancel", subscriber -> {
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {
                    throw new IllegalStateException("on purpose");
                }
            });
            subscribed.complete(subscriber);
        });
        try (StreamClient client = new StreamClient(server.address()).get("/no-cancel")) {
            client.head();

            subscribed.get(20, TimeUnit.SECONDS).onError(new IllegalStateException("on purpose"));

            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void cancelsASecondSubscription() throws Exception {
        EmittedStream stream = server.emitted("/twice");
        EmittedStream second = new EmittedStream();
        try (StreamClient client = new StreamClient(server.address()).get("/twice")) {
            client.head();
            stream.subscriber().onSubscribe(second);

            second.awaitCancelled();
            stream.emit("one");
            assertThat(client.text()).isEqualTo("one");
        }
    }

    @Test
    void cancelsAPublisherThatComesAfterTheServerHasStopped() throws Exception {
        CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscribed = new CompletableFuture<>();
        StreamServer stopping = StreamServer.start(LONG, Duration.ofMillis(50));
        stopping.add("/late", subscribed::complete);
        try (StreamClient client = new StreamClient(stopping.address()).get("/late")) {
            client.head();
            stopping.close();
        }
        EmittedStream late = new EmittedStream();

        subscribed.get(20, TimeUnit.SECONDS).onSubscribe(late);

        late.awaitCancelled();
        assertThat(late.requested).hasValue(0);
    }

    @Test
    void cancelsEachStreamWhoseClientLeavesWhileItEmits() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            EndlessStream stream = new EndlessStream(THREADS, 1024);
            server.add("/leaving", stream);
            try (StreamClient client = new StreamClient(server.address()).get("/leaving")) {
                client.head();
                client.bytes(random.nextInt(100_000));
            }
            assertThat(stream.cancelled).as("seed " + seed).succeedsWithin(Duration.ofSeconds(20));
        }
        try (StreamClient client = new StreamClient(server.address()).get("/plain")) {
            assertThat(client.head()).contains("Content-Length: 5");
        }
    }

    @Test
    void cancelsAllStreamsThatEmitWhenTheServerIsClosed() throws Exception {
        StreamServer stopping = StreamServer.start(LONG, Duration.ofMillis(50));
        List<EndlessStream> streams = new ArrayList<>();
        List<StreamClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            EndlessStream stream = new EndlessStream(THREADS, 1024);
            stopping.add("/" + i, stream);
            streams.add(stream);
            StreamClient client = new StreamClient(stopping.address()).get("/" + i);
            client.head();
            clients.add(client);
        }

        stopping.close();

        for (EndlessStream stream : streams) {
            assertThat(stream.cancelled).succeedsWithin(Duration.ofSeconds(20));
        }
        for (StreamClient client : clients) {
            client.close();
        }
    }
}
