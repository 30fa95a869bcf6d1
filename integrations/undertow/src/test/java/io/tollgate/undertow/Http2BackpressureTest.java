package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients in HTTP/2 that send requests without reading the responses, which end their streams at once. */
class Http2BackpressureTest extends ServerAndClients {
    private static final HttpResponse OK = HttpResponse.of(200, "text/plain", "ok".getBytes(UTF_8));

    /** The bytes that sockets take of a client that reads nothing, with the small buffers that are set here. */
    private static final int SOCKETS = 2 * Listener.BUFFER_SIZE;

    private final Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();
    private final EmittedStream stream = new EmittedStream();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch unblocked = new CountDownLatch(1);

    @AfterEach
    void unblock() {
        unblocked.countDown();
    }

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder, request -> respond(request.path()));
    }

    private CompletionStage<HttpResponse> respond(String path) {
        return CompletableFuture.completedStage(
                switch (path) {
                    case "/" -> OK;
                    case "/stream" -> HttpResponse.streaming(200, "text/plain", stream);
                    case "/block" -> {
                        blocked.countDown();
                        try {
                            unblocked.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        yield OK;
                    }
                    default -> {
                        begun.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
                        yield preflight();
                    }
                });
    }

    private static HttpResponse preflight() {
        HttpResponse response = HttpResponse.empty(204);
        for (int i = 10; i < 22; i++) {
            response = response.withHeader("X-Some-Header-" + i, "v".repeat(30));
        }
        return response;
    }

    private FrameClient connect(Socket socket) throws IOException {
        return closing(new FrameClient(socket)).greet();
    }

    /** Returns requests of 13 bytes each on streams from {@code first} on, but for the first, which fills the table. */
    private static byte[] preflights(int first, int count, String path) {
        ByteArrayOutputStream section = new ByteArrayOutputStream();
        section.write(0x42); // Three fields with indexing, whose names are in the static table.
        FrameClient.string(section, "OPTIONS");
        section.write(0x44);
        FrameClient.string(section, path);
        section.write(0x41);
        FrameClient.string(section, "localhost");
        section.write(0x86); // http
        int flags = Http2Frame.END_HEADERS | Http2Frame.END_STREAM;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(FrameClient.bytes(Http2Frame.HEADERS, flags, first, section.toByteArray()));
        byte[] indexed = FrameClient.octets(0x80 | 64, 0x80 | 63, 0x80 | 62, 0x86);
        for (int i = 1; i < count; i++) {
            all.writeBytes(FrameClient.bytes(Http2Frame.HEADERS, flags, first + 2 * i, indexed));
        }
        return all.toByteArray();
    }

    @Test
    void respondsToNoMoreRequestsThanTheOutputHasRoomForAndToTheOthersOnceItIsRead() throws Exception {
        start(UndertowServer.builder().sendBufferSize(4096).maxConnections(100).maxConnectionsPerAddress(100));
        int size;
        try (FrameClient one = connect()) {
            one.raw(preflights(1, 1, "/size"));
            size = Http2Frame.HEADER_SIZE + one.next(Http2Frame.HEADERS).payload().length;
        }
        int count = 1_000;
        List<FrameClient> deaf = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(2048);
            socket.connect(server.address());
            deaf.add(connect(socket).raw(preflights(1, count, "/" + i)));
        }
        for (int i = 0; i < 20; i++) {
            String path = "/" + i;
            await().until(() -> begun.containsKey(path) && begun.get(path).get() * size > 3 * Listener.BUFFER_SIZE);
        }
        connect().get(1, "/").response(1); // What the thread of all connections had begun has ended.

        for (int i = 0; i < 20; i++) {
            assertThat(begun.get("/" + i).get() * size)
                    .as("bytes of responses")
                    .isLessThanOrEqualTo(5 * Listener.BUFFER_SIZE + SOCKETS);
        }
        for (FrameClient client : deaf) {
            for (int id = 1; id < 2 * count; id += 2) {
                FrameClient.Frame response = client.next(Http2Frame.HEADERS);
                assertThat(response.stream()).isEqualTo(id);
                assertThat(response.status()).isEqualTo("204");
            }
            client.settle();
        }
    }

    /** The end of a stream writes what waits before the thread learns that the socket takes something again. */
    @Test
    void readsOnWhenTheEndOfAStreamHasWrittenWhatWaited() throws Exception {
        start(UndertowServer.builder());
        int count = 30_000;
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        FrameClient client = connect(socket).get(1, "/stream");
        client.next(Http2Frame.HEADERS);
        Thread writer = new Thread(() -> {
            try {
                client.raw(preflights(3, count, "/many"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        AtomicInteger before = new AtomicInteger();
        await().until(() -> {
            AtomicInteger now = begun.get("/many");
            return now != null && now.get() == before.getAndSet(now.get());
        });
        assertThat(before.get()).as("no more than sockets take").isLessThan(count);
        connect().get(1, "/block");
        blocked.await();

        AtomicInteger read = new AtomicInteger();
        CompletableFuture<Void> all = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        while (read.get() < count) {
                            if (client.next(Http2Frame.HEADERS).stream() > 1) {
                                read.incrementAndGet();
                            }
                        }
                        all.complete(null);
                    } catch (Throwable e) {
                        all.completeExceptionally(e);
                    }
                })
                .start();
        int waiting = 5 * Listener.BUFFER_SIZE / 500;
        await().until(() ->
                read.get() > before.get() - waiting && socket.getInputStream().available() == 0);
        stream.subscriber().onComplete(); // Runs as soon as the thread goes on.
        unblocked.countDown();

        all.get();
        writer.join();
    }
}
