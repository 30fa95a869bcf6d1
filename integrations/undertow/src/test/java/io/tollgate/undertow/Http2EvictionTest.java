package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections in HTTP/2 that give up bodies for others while they handle requests, and the bytes that this releases. */
class Http2EvictionTest extends ServerAndClients {
    private static final HttpResponse X = HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8));
    private static final int MAX_BODY = 10_000;
    private static final int LIMIT = 60_000;

    private final CompletableFuture<HttpResponse> never = new CompletableFuture<>();
    private final AtomicInteger held = new AtomicInteger();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder.maxBodySize(MAX_BODY), this::respond);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        return switch (request.path()) {
            case "/body" -> request.body(MAX_BODY).thenApply(body -> X);
            case "/held" ->
                request.body(MAX_BODY).thenCompose(body -> {
                    held.incrementAndGet();
                    return never;
                });
            case "/waits" -> {
                blocked.countDown();
                awaitGoOn();
                yield never;
            }
            case "/thread" ->
                CompletableFuture.completedStage(HttpResponse.of(
                        200, "text/plain", Thread.currentThread().getName().getBytes(UTF_8)));
            case "/unread" -> never;
            default -> CompletableFuture.completedStage(X);
        };
    }

    private void awaitGoOn() {
        try {
            assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Has three requests handled whose bodies are in memory. */
    private static void holdBodies(FrameClient client) throws IOException {
        for (int id = 3; id < 9; id += 2) {
            hold(client, id);
        }
        client.settle();
    }

    private static void hold(FrameClient client, int id) throws IOException {
        client.post(id, "/held").data(id, true, "x".repeat(9_000));
    }

    private static String thread(FrameClient client, int id) throws IOException {
        return client.get(id, "/thread").response(id).body();
    }

    /** Connects to another I/O thread than that of a client. */
    private FrameClient connectBeside(String thread) throws IOException {
        for (int i = 0; i < 64; i++) {
            FrameClient client = connect();
            if (!thread(client, 1).equals(thread)) {
                return client;
            }
        }
        throw new AssertionError("64 connections are all on " + thread);
    }

    /** Reaches the limit of bytes with a connection that is busy, and which therefore cannot give way itself. */
    private void exceedTheLimit() throws IOException {
        FrameClient busy = connect();
        for (int id = 1; id < 13; id += 2) {
            busy.post(id, "/unread").data(id, true, "x".repeat(9_000));
        }
        busy.settle();
    }

    private void assertThatANewcomerIsServed() throws IOException {
        assertThat(connect().get(1, "/").response(1).status()).isEqualTo("200");
    }

    @Test
    void doesNotTurnToBodiesThatAreDroppedForTheBytesOfOthers() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(LIMIT));
        FrameClient client = connect().post(1, "/body").data(1, false, "x".repeat(MAX_BODY + 1));
        assertThat(client.response(1).status()).isEqualTo("413");
        holdBodies(client);

        exceedTheLimit();

        assertThatANewcomerIsServed();
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isZero();
        client.data(1, true, "x").frame(Http2Frame.PING, 0, 0, new byte[8]);
        FrameClient.Frame next =
                client.next(frame -> frame.type() == Http2Frame.RST_STREAM || frame.type() == Http2Frame.PING);
        assertThat(next.type()).isEqualTo(Http2Frame.PING);
    }

    @Test
    void rejectsABodyOnceWhoseRestIsDroppedThen() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(LIMIT));
        FrameClient client = connect().post(1, "/body").data(1, false, "x".repeat(1_000));
        holdBodies(client);

        exceedTheLimit();

        assertThatANewcomerIsServed();
        assertThat(client.response(1).status()).isEqualTo("503");
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isEqualTo(1);
    }

    @Test
    void servesTheBodyForWhichASmallOneIsGivenUp() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(LIMIT));
        FrameClient client = connect().post(1, "/body").data(1, false, "x".repeat(1_000));
        holdBodies(client);
        FrameClient other = connect();

        holdBodies(other);

        assertThat(client.response(1).status()).isEqualTo("503");
        assertThat(held).hasValue(6);
        assertThat(server.stats().rejected(ServerLimit.BUFFERED_BYTES)).isZero();
        assertThat(server.stats().bufferedBytes()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void sparesABodyOfWhichNothingHasArrived() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(LIMIT));
        FrameClient client = connect().post(1, "/body");
        holdBodies(client);

        exceedTheLimit();

        assertThat(server.stats().rejected(ServerLimit.BUFFERED_BYTES)).isPositive();
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isZero();
        assertThat(client.data(1, true, "x").response(1).status()).isEqualTo("200");
    }

    @Test
    void countsABodyNoLongerThatHasArrived() throws Exception {
        start(UndertowServer.builder().maxBufferedBytes(LIMIT));
        FrameClient client = connect().post(1, "/body").data(1, false, "x".repeat(1_000));
        holdBodies(client);
        assertThat(client.data(1, true, "x").response(1).status()).isEqualTo("200");
        client.post(9, "/body").settle();

        exceedTheLimit();

        assertThat(server.stats().rejected(ServerLimit.BUFFERED_BYTES)).isPositive();
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isZero();
        assertThat(client.data(9, true, "x").response(9).status()).isEqualTo("200");
    }

    /** The bodies that requests hold cannot be given up, so they must go on to count whatever is given up beside them. */
    @Test
    void keepsTheLimitAgainstConnectionsOfOtherThreads() throws Exception {
        start(2, UndertowServer.builder().maxBufferedBytes(LIMIT).maxBodySize(MAX_BODY), this::respond);
        FrameClient uploads = connect();
        String thread = thread(uploads, 1);
        holdBodies(uploads);
        hold(uploads, 9);
        FrameClient other = connectBeside(thread);
        for (int i = 0; i < 10; i++) {
            uploads.post(11 + 2 * i, "/body")
                    .data(11 + 2 * i, false, "x".repeat(1_000))
                    .settle();
            hold(other, 3 + 2 * i);
            other.settle();
            // The first response may come from a thread that finds the eviction only behind it.
            uploads.settle().settle();
            assertThat(server.stats().bufferedBytes()).as("in round %s", i).isLessThanOrEqualTo(LIMIT);
        }

        assertThat(held.get()).isGreaterThan(4).isLessThan(4 + 10);
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isPositive();
        assertThat(server.stats().rejected(ServerLimit.BUFFERED_BYTES)).isPositive();
    }

    /** Those that were chosen keep their thread busy with the end of their bodies, and so escape. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesUpFurtherBodiesIfThoseThatWereChosenHaveArrived(boolean shared) throws Exception {
        int limit = 66_000;
        start(2, UndertowServer.builder().maxBufferedBytes(limit).maxBodySize(MAX_BODY), this::respond);
        FrameClient fast = connect();
        String thread = thread(fast, 1);
        if (shared) {
            fast.get(3, "/unread");
        }
        ByteArrayOutputStream ends = new ByteArrayOutputStream();
        ends.writeBytes(FrameClient.bytes(
                Http2Frame.HEADERS,
                Http2Frame.END_HEADERS | Http2Frame.END_STREAM,
                11,
                FrameClient.section(FrameClient.request("GET", "/waits"))));
        for (int id = 5; id < 11; id += 2) {
            fast.post(id, "/held").data(id, false, "x".repeat(9_000));
            ends.writeBytes(FrameClient.bytes(Http2Frame.DATA, Http2Frame.END_STREAM, id));
        }
        fast.settle();
        FrameClient other = connectBeside(thread);
        FrameClient slow = connectBeside(thread).post(3, "/held").data(3, false, "x".repeat(9_000));
        slow.settle();

        fast.raw(ends.toByteArray());
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        holdBodies(other);
        goOn.countDown();

        assertThat(slow.response(3).status()).isEqualTo("503");
        fast.settle().settle();
        assertThat(held).hasValue(6);
        await().until(() -> server.stats().bufferedBytes() <= limit);
    }

    @Test
    void dropsNoBodyAnyFurtherOnAConnectionThatGivesWay() throws Exception {
        start(UndertowServer.builder().maxConnections(1).maxConnectionsPerAddress(1));
        FrameClient client = connect().post(1, "/body").data(1, false, "x".repeat(MAX_BODY + 1));
        assertThat(client.response(1).status()).isEqualTo("413");

        assertThatANewcomerIsServed();
        assertThat(client.rest())
                .anySatisfy(frame -> assertThat(frame.type()).isEqualTo(Http2Frame.RST_STREAM))
                .allSatisfy(frame -> assertThat(frame.type()).isIn(Http2Frame.RST_STREAM, Http2Frame.GOAWAY));
    }
}
