package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Any frames in any order: the server ends the connection or goes on, and serves the next client. */
class Http2FuzzTest {
    private static final int CLIENTS = 300;
    private static final int FRAMES = 60;

    private final Random random = new Random();

    @Test
    void survivesAnyFrames() throws Exception {
        long seed = System.nanoTime();
        System.out.println("Http2FuzzTest: seed " + seed);
        random.setSeed(seed);
        HttpResponse ok = HttpResponse.of(200, "text/plain", "x".repeat(3_000).getBytes(UTF_8));
        try (UndertowServer server = UndertowServer.builder()
                .host("127.0.0.1")
                .ioThreads(1)
                .h2c(true)
                .drainIdleTimeout(Duration.ZERO)
                .endpoint(request -> request.path().equals("/body")
                        ? request.body(Integer.MAX_VALUE).thenApply(body -> ok)
                        : CompletableFuture.completedStage(ok))
                .start()) {
            for (int i = 0; i < CLIENTS; i++) {
                try (FrameClient hostile = FrameClient.silent(server.address())) {
                    try {
                        hostile.raw(random.nextInt(20) == 0 ? new byte[24] : Http2Reader.PREFACE);
                        if (random.nextInt(10) > 0) {
                            hostile.settings(random.nextInt(8), random.nextInt(70_000));
                        }
                        hostile.raw(frames());
                        hostile.shutdownOutput();
                    } catch (SocketException e) {
                        assertThat(e).isNotNull(); // The server has closed the connection.
                    }
                    hostile.rest();
                }
                if (i % 10 == 0) {
                    try (FrameClient client = FrameClient.connect(server.address())) {
                        assertThat(client.get(1, "/").response(1).status()).isEqualTo("200");
                    }
                }
            }
            await().untilAsserted(() -> {
                assertThat(server.stats().connections()).isZero();
                assertThat(server.stats().bufferedBytes()).isZero();
            });
        }
    }

    /** Returns frames that are mostly right. */
    private byte[] frames() throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int stream = 1;
        for (int i = 0; i < FRAMES; i++) {
            int id = random.nextInt(8) == 0 ? random.nextInt(stream + 4) : stream;
            int flags = random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(2) | Http2Frame.END_HEADERS;
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    stream += 2;
                    String[] fields = FrameClient.request("POST", random.nextBoolean() ? "/body" : "/");
                    frames.writeBytes(
                            FrameClient.bytes(Http2Frame.HEADERS, flags, stream, mutated(FrameClient.section(fields))));
                }
                case 3, 4 ->
                    frames.writeBytes(FrameClient.bytes(Http2Frame.DATA, flags, id, new byte[random.nextInt(500)]));
                case 5 -> frames.writeBytes(FrameClient.bytes(Http2Frame.RST_STREAM, 0, id, FrameClient.four(8)));
                case 6 ->
                    frames.writeBytes(FrameClient.bytes(
                            Http2Frame.WINDOW_UPDATE, 0, id, FrameClient.four(random.nextInt(1 << 20))));
                case 7 -> frames.writeBytes(FrameClient.bytes(Http2Frame.PING, flags & 1, 0, new byte[8]));
                case 8 ->
                    frames.writeBytes(
                            FrameClient.bytes(Http2Frame.CONTINUATION, flags, id, new byte[random.nextInt(9)]));
                default -> {
                    byte[] payload = new byte[random.nextInt(12)];
                    random.nextBytes(payload);
                    frames.writeBytes(FrameClient.bytes(random.nextInt(12), flags, id, payload));
                }
            }
        }
        return frames.toByteArray();
    }

    private byte[] mutated(byte[] section) {
        if (random.nextInt(6) == 0) {
            section[random.nextInt(section.length)] = (byte) random.nextInt(256);
        }
        return section;
    }
}
