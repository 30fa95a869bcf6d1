package io.tollgate.examples.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseReaderTest {
    private final ResponseReader reader = new ResponseReader();

    @Test
    void findsTheEndByContentLengthWhereverTheBytesAreSplit() throws IOException {
        String response = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 5\r\nX: y\r\n\r\nhello";
        for (int split = 1; split < response.length(); split++) {
            assertThat(take(response.substring(0, split)))
                    .as("split at %d", split)
                    .isZero();
            assertThat(take(response.substring(split))).as("split at %d", split).isEqualTo(429);
        }
    }

    @Test
    void findsTheEndByTheLastChunk() throws IOException {
        assertThat(take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"))
                .isZero();
        assertThat(take("0\r\n\r\n")).isEqualTo(200);
    }

    @Test
    void takesAResponseWithoutABody() throws IOException {
        assertThat(take("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"))
                .isEqualTo(401);
        assertThat(take("HTTP/1.1 204 No Content\r\n\r\n")).isEqualTo(204);
    }

    @Test
    void takesAResponseThatIsLargerThanItsBuffer() throws IOException {
        assertThat(take("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(10_000)))
                .isZero();
        assertThat(take("x".repeat(10_000))).isEqualTo(200);
    }

    @Test
    void refusesWhatIsNoSingleResponse() {
        assertThatThrownBy(() -> take("SSH-2.0-OpenSSH\r\n\r\n\r\n")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new ResponseReader()
                        .take(bytes("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nokHTTP/1.1 200 OK")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new ResponseReader().take(bytes("HTTP/1.1 200 OK\r\n\r\n")))
                .hasMessageContaining("Content-Length");
    }

    private int take(String text) throws IOException {
        return reader.take(bytes(text));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
