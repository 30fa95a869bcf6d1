package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

class HttpResponseTest {
    private static Map<String, String> headers(HttpResponse response) {
        Map<String, String> headers = new LinkedHashMap<>();
        response.forEachHeader(headers::put);
        return headers;
    }

    @Test
    void hasAStatusHeadersAndBytes() {
        HttpResponse response = HttpResponse.of(201, "text/plain", "hi".getBytes(UTF_8));

        assertThat(response.status()).isEqualTo(201);
        assertThat(headers(response)).containsExactly(Map.entry("Content-Type", "text/plain"));
        assertThat(response.bytes()).asString(UTF_8).isEqualTo("hi");
        assertThat(response.stream()).isEmpty();
        assertThat(response).hasToString("HttpResponse[201, 2 bytes]");
    }

    @Test
    void mayHaveNoBody() {
        HttpResponse response = HttpResponse.empty(204);

        assertThat(response.bytes()).isEmpty();
        assertThat(headers(response)).isEmpty();
        assertThat(response.header("Content-Type")).isEmpty();
    }

    @Test
    void mayBeAStream() {
        try (SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
            HttpResponse response = HttpResponse.streaming(200, "text/event-stream", body);

            assertThat(response.stream()).contains(body);
            assertThat(response.bytes()).isEmpty();
            assertThat(response.withHeader("A", "b").stream()).contains(body);
            assertThat(response).hasToString("HttpResponse[200, streaming]");
        }
    }

    @Test
    void replacesAHeaderOfTheSameNameWhateverItsCaseAndStaysAsItWas() {
        HttpResponse response = HttpResponse.json(200, new byte[0]).withHeader("A", "1");

        HttpResponse replaced =
                response.withHeader("content-TYPE", "x").withHeader("B", "2").withHeader("a", "3");

        assertThat(headers(replaced))
                .containsExactly(Map.entry("Content-Type", "x"), Map.entry("A", "3"), Map.entry("B", "2"));
        assertThat(replaced.header("b")).contains("2");
        assertThat(headers(response))
                .containsExactly(Map.entry("Content-Type", "application/json"), Map.entry("A", "1"));
    }

    @Test
    void acceptsOnlyFinalStatuses() {
        for (int status : new int[] {0, 100, 199, 600}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HttpResponse.empty(status))
                    .withMessage("status: " + status + " (expected: 200 to 599)");
        }
        assertThat(HttpResponse.empty(599).status()).isEqualTo(599);
    }
}
