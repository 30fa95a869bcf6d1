package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Endpoints that ask for the body after the response has begun, such as one that was late itself. */
class LateBodyTest extends ServerAndClients {
    private static final int MAX_BODY = 10_000;

    private final BlockingQueue<HttpRequest> requests = new LinkedBlockingQueue<>();

    private void start(UndertowServer.Builder builder) throws IOException {
        start(builder.maxBodySize(MAX_BODY), this::respond);
    }

    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        byte[] body = request.path().equals("/large") ? new byte[8_000_000] : "x".getBytes(UTF_8);
        if (!request.path().equals("/")) {
            requests.add(request);
        }
        return CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", body));
    }

    private CompletableFuture<byte[]> lateBody() throws InterruptedException {
        HttpRequest request = requests.poll(20, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request.body(MAX_BODY).toCompletableFuture();
    }

    @Test
    void resetsTheStreamInHttp2WhoseBodyDoesNotEnd() throws Exception {
        start(UndertowServer.builder());
        FrameClient client = connect();
        client.post(1, "/late").data(1, false, "x").response(1);

        assertThatThrownBy(lateBody()::get).hasCauseInstanceOf(GatewayException.class);
        FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
        assertThat(reset.stream()).isEqualTo(1);
        assertThat(reset.error()).isEqualTo(Http2Error.NO_ERROR);
    }

    @Test
    void closesTheConnectionInHttp1WhoseBodyDoesNotEnd() throws Exception {
        start(UndertowServer.builder());
        StreamClient client = connectHttp1().send("POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        client.bytes(1);

        assertThatThrownBy(lateBody()::get).hasCauseInstanceOf(GatewayException.class);
        assertThat(client.isCut()).isTrue();
    }

    @Test
    void servesTheNextRequestInHttp1WhoseBodyEnds() throws Exception {
        start(UndertowServer.builder());
        StreamClient client = connectHttp1().send("POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        client.bytes(1);
        assertThatThrownBy(lateBody()::get).hasCauseInstanceOf(GatewayException.class);

        client.send("xxxxxxxxx").get("/");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void closesConnectionsInHttp1ForOthersWhoseResponseStalls() throws Exception {
        start(UndertowServer.builder()
                .maxConnections(3)
                .maxConnectionsPerAddress(3)
                .sendBufferSize(4096));
        for (int i = 0; i < 3; i++) {
            StreamClient client = connectHttp1().send("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n");
            client.head();
            CompletableFuture<byte[]> body = lateBody();
            client.send("x");
            assertThat(body.get()).hasSize(1);
        }

        await().untilAsserted(() -> {
            try (StreamClient newcomer = new StreamClient(server.address())) {
                assertThat(newcomer.get("/").head()).startsWith("HTTP/1.1 200 ");
            }
        });
    }
}
