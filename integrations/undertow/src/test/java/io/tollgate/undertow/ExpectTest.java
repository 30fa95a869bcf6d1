package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that wait for a response with status 100 before they send a body. */
class ExpectTest extends ServerAndClients {
    private static final int MAX_BODY = 10_000;

    private final EmittedStream stream = new EmittedStream();
    private final BlockingQueue<HttpRequest> streamed = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        start(UndertowServer.builder().maxBodySize(MAX_BODY), this::respond);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        if (request.path().equals("/stream")) {
            streamed.add(request);
            return CompletableFuture.completedStage(HttpResponse.streaming(200, "text/plain", stream));
        }
        return request.body(MAX_BODY).thenApply(body -> HttpResponse.of(200, "text/plain", body));
    }

    private CompletableFuture<byte[]> bodyOfStream() throws InterruptedException {
        HttpRequest request = streamed.poll(20, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request.body(MAX_BODY).toCompletableFuture();
    }

    private static String[] post(String path, String length) {
        return FrameClient.request("POST", path, "expect", "100-continue", "content-length", length);
    }

    private static FrameClient.Frame next(FrameClient client, int type) throws Exception {
        client.frame(Http2Frame.PING, 0, 0, new byte[8]);
        return client.next(frame -> frame.type() == type || frame.type() == Http2Frame.PING);
    }

    @Test
    void resetsTheStreamInHttp2AtOnceWhoseBodyIsNotWantedAfterAll() throws Exception {
        FrameClient client = connect().headers(1, false, post("/body", "1000000"));

        assertThat(client.response(1).status()).isEqualTo("413");
        FrameClient.Frame reset = next(client, Http2Frame.RST_STREAM);
        assertThat(reset.type()).isEqualTo(Http2Frame.RST_STREAM);
        assertThat(reset.error()).isEqualTo(Http2Error.NO_ERROR);
    }

    @Test
    void dropsTheRestOfABodyInHttp2ThatTheClientWasToldToSend() throws Exception {
        FrameClient client =
                connect().headers(1, false, FrameClient.request("POST", "/body", "expect", "100-continue"));
        assertThat(client.next(Http2Frame.HEADERS).status()).isEqualTo("100");

        client.data(1, false, "x".repeat(MAX_BODY + 1));

        assertThat(client.response(1).status()).isEqualTo("413");
        assertThat(next(client, Http2Frame.RST_STREAM).type()).isEqualTo(Http2Frame.PING);
    }

    @Test
    void asksForNoBodyInHttp2AfterTheResponseHasBegun() throws Exception {
        FrameClient client = connect().headers(1, false, post("/stream", "1"));
        assertThat(client.next(Http2Frame.HEADERS).status()).isEqualTo("200");

        CompletableFuture<byte[]> body = bodyOfStream();
        client.data(1, true, "x");

        assertThat(body.get(20, TimeUnit.SECONDS)).hasSize(1);
        assertThat(next(client, Http2Frame.HEADERS).type()).isEqualTo(Http2Frame.PING);
        stream.emit("last");
        stream.subscriber().onComplete();
        assertThat(client.next(Http2Frame.DATA).payload()).asString(UTF_8).isEqualTo("last");
    }

    @Test
    void asksForNoBodyInHttp1AfterTheResponseHasBegun() throws Exception {
        StreamClient client = connectHttp1()
                .send("POST /stream HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ").contains("Connection: close");

        CompletableFuture<byte[]> body = bodyOfStream();
        client.send("x");

        assertThat(body.get(20, TimeUnit.SECONDS)).hasSize(1);
        stream.emit("last");
        stream.subscriber().onComplete();
        assertThat(client.text()).isEqualTo("last");
    }
}
