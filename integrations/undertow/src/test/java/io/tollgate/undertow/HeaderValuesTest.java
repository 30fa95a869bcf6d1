package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of responses with characters that would end a line, or become one that does when they are cut to a byte. */
class HeaderValuesTest {
    private static final String VALUE = "a\u010d\u010ab\u0100c\r\nd\0\u00e9";
    private static final String WRITTEN = "a??b?c  d \u00e9";

    private volatile String name = "X-Name";
    private UndertowServer server;

    @BeforeEach
    void start() throws IOException {
        server = UndertowServer.builder()
                .host("127.0.0.1")
                .ioThreads(1)
                .h2c(true)
                .endpoint(request -> CompletableFuture.completedStage(
                        request.path().equals("/name")
                                ? HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8))
                                        .withHeader(name, "x")
                                : HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8))
                                        .withHeader("X-Value", VALUE)))
                .start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void encodesNoByteThatEndsALine() throws Exception {
        HpackEncoder encoder = new HpackEncoder();
        encoder.begin(200);
        encoder.header("x-value", VALUE);
        byte[] section = Arrays.copyOf(encoder.bytes(), encoder.size());

        Map<String, String> fields = new LinkedHashMap<>();
        new HpackDecoder().decode(ByteBuffer.wrap(section), fields::put);
        assertThat(fields).containsEntry("x-value", WRITTEN);
    }

    @Test
    void writesNoByteThatEndsALineInHttp2() throws Exception {
        try (FrameClient client = FrameClient.connect(server.address())) {
            assertThat(client.get(1, "/").response(1).fields()).containsEntry("x-value", WRITTEN);
        }
    }

    @Test
    void writesNoByteThatEndsALineInHttp1() throws Exception {
        try (StreamClient client = new StreamClient(server.address()).get("/")) {
            assertThat(client.head().lines()).contains("X-Value: " + WRITTEN).noneMatch(line -> line.startsWith("b"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/X-\u010d\u010aInjected", "/X-A\r\nInjected", "/X-\0", "/X-Two: x", "/:status", "/"})
    void writesNoResponseWhoseNamesAreNoTokens(String path) throws Exception {
        name = path.substring(1);
        try (FrameClient client = FrameClient.connect(server.address())) {
            FrameClient.Frame reset = client.get(1, "/name").next(frame -> frame.stream() == 1);
            assertThat(reset.type()).isEqualTo(Http2Frame.RST_STREAM);
            assertThat(reset.error()).isEqualTo(Http2Error.INTERNAL_ERROR);
            assertThat(client.get(3, "/").response(3).status()).isEqualTo("200");
        }
        try (StreamClient client = new StreamClient(server.address()).get("/name")) {
            assertThat(client.isCut()).isTrue();
        }
    }

    @Test
    void writesNoByteThatEndsALineInItsOwnResponses() {
        byte[] response = ResponseBytes.of(HttpResponse.empty(400).withHeader("X-Value", VALUE), null);

        assertThat(new String(response, ISO_8859_1).lines()).contains("X-Value: " + WRITTEN);
    }
}
