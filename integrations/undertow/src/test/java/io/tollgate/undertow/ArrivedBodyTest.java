package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that endpoints ask for on another thread: those that are there already are given at once, without a hop. */
class ArrivedBodyTest extends ServerAndClients {
    private static final int MAX_BODY = 6_000;

    @BeforeEach
    void start() throws IOException {
        start(UndertowServer.builder().maxBodySize(MAX_BODY), this::respond);
    }

    /** Responds with {@code now} or {@code later} and the body, or with the code of its error. */
    private CompletionStage<HttpResponse> respond(HttpRequest request) {
        return CompletableFuture.completedStage(request).thenComposeAsync(received -> {
            CompletableFuture<byte[]> body = received.body(MAX_BODY).toCompletableFuture();
            String when = body.isDone() ? "now " : "later ";
            return body.handle((bytes, failure) -> failure == null
                            ? when + new String(bytes, ISO_8859_1)
                            : GatewayException.from(failure).code().name())
                    .thenApply(text -> HttpResponse.of(200, "text/plain", text.getBytes(ISO_8859_1)));
        });
    }

    private static String post(int length, String body, String... fields) {
        return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n" + String.join("", fields) + "\r\n"
                + body;
    }

    private static String response(StreamClient client) throws IOException {
        String head = client.head();
        assertThat(head).startsWith("HTTP/1.1 200 ");
        String length = head.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .findFirst()
                .orElseThrow();
        return new String(client.bytes(Integer.parseInt(length.substring(16))), ISO_8859_1);
    }

    @Test
    void areThereAtOnceIfThereIsNone() throws Exception {
        StreamClient client = connectHttp1().get("/");
        assertThat(response(client)).isEqualTo("now ");
        client.send(post(0, ""));
        assertThat(response(client)).isEqualTo("now ");
        assertThat(connect().get(1, "/").response(1).body()).isEqualTo("now ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 4095})
    void areThereAtOnceIfTheyAreSmallAndCameWithTheirHead(int length) throws Exception {
        String body = "b".repeat(length);
        StreamClient client = connectHttp1();
        for (int i = 0; i < 3; i++) {
            client.send(post(length, body));
            assertThat(response(client)).isEqualTo("now " + body);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 6000})
    void areReadWhenTheyAreWantedIfTheyAreLarger(int length) throws Exception {
        String body = "b".repeat(length);
        StreamClient client = connectHttp1();
        for (int i = 0; i < 3; i++) {
            client.send(post(length, body));
            assertThat(response(client)).endsWith(" " + body);
        }
    }

    @Test
    void areAwaitedIfThereIsMoreToCome() throws Exception {
        StreamClient client = connectHttp1().send(post(3, "a"));
        client.send("bc").send(post(1, "d"));
        assertThat(response(client)).endsWith(" abc");
        assertThat(response(client)).endsWith(" d");
    }

    @Test
    void endBeforeTheNextRequest() throws Exception {
        StreamClient client = connectHttp1().send(post(2, "ab") + post(3, "cde") + post(0, "") + post(1, "f"));
        assertThat(response(client)).isEqualTo("now ab");
        assertThat(response(client)).isEqualTo("now cde");
        assertThat(response(client)).isEqualTo("now ");
        assertThat(response(client)).isEqualTo("now f");
    }

    @Test
    void areReadInChunks() throws Exception {
        StreamClient client = connectHttp1()
                .send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
                .send(post(1, "c"));
        assertThat(response(client)).endsWith(" ab");
        assertThat(response(client)).endsWith(" c");
    }

    @Test
    void needNoInterimResponseIfTheyAreThere() throws Exception {
        StreamClient client = connectHttp1().send(post(2, "ab", "Expect: 100-continue\r\n"));
        assertThat(response(client)).isEqualTo("now ab");
    }

    @Test
    void areRejectedIfTheyAreTooLarge() throws Exception {
        StreamClient client = connectHttp1().send(post(MAX_BODY + 1, "ab"));
        assertThat(response(client)).isEqualTo("BODY_TOO_LARGE");
    }
}
