package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Connections in HTTP/2 that give up bodies for others, when these have failed or are dropped already. */
class Http2EvictionTest extends ServerAndClients {
    private static final HttpResponse X = HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8));
    private static final int MAX_BODY = 10_000;

    private final CompletableFuture<HttpResponse> never = new CompletableFuture<>();

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder.maxBodySize(MAX_BODY), this::respond);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        return switch (request.path()) {
            case "/body" -> request.body(MAX_BODY).thenApply(body -> X);
            case "/held" -> request.body(MAX_BODY).thenCompose(body -> never);
            case "/unread" -> never;
            default -> CompletableFuture.completedStage(X);
        };
    }

    /** Has three requests handled whose bodies are in memory. */
    private static void holdBodies(FrameClient client) throws IOException {
        for (int id = 3; id < 9; id += 2) {
            client.post(id, "/held").data(id, true, "x".repeat(9_000));
        }
        client.settle();
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
        start(UndertowServer.builder().maxBufferedBytes(60_000));
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
        start(UndertowServer.builder().maxBufferedBytes(60_000));
        FrameClient client = connect().post(1, "/body").data(1, false, "x".repeat(1_000));
        holdBodies(client);

        exceedTheLimit();

        assertThatANewcomerIsServed();
        assertThat(client.response(1).status()).isEqualTo("503");
        assertThat(server.stats().evicted(ServerLimit.BUFFERED_BYTES)).isEqualTo(1);
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
