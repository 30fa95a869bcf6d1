package io.tollgate.runner.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tollgate.runner.Gateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Sends any bytes to a real listener, in two parts, and says that no more will come. Every answer is one that HTTP and the
 * contract know, and none is given twice; the connection ends, and the next client is served.
 */
class HttpFuzzTest {
    private static final int MILLIS = 10_000;

    /** Those of the contract, without 500: nothing that a client sends may be a fault of the gateway. */
    private static final Set<Integer> STATUSES =
            Set.of(200, 201, 202, 204, 400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 431, 501, 503, 505);

    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @FuzzTest
    void anyBytesAreAnsweredInOrder(byte[] bytes) throws IOException {
        assertAnswers(bytes);

        assertThat(exchange("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1)))
                .startsWith("HTTP/1.1 200 ");
    }

    /** The body of a registration, in chunks that the fuzzer writes: it is read as a whole, or not at all. */
    @FuzzTest
    void anyChunksAreABodyOrRejected(byte[] bytes) throws IOException {
        byte[] head = ("POST /api/v1/users/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n")
                .getBytes(ISO_8859_1);
        byte[] request = new byte[head.length + bytes.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(bytes, 0, request, head.length, bytes.length);

        String answers = assertAnswers(request);

        if (answers.startsWith("HTTP/1.1 201 ")) {
            assertThat(Chunks.decoded(bytes)).as("what is accepted is chunked").isNotNull();
        }
    }

    private static String assertAnswers(byte[] request) throws IOException {
        String answers = exchange(request);
        boolean last = false;
        String rest = answers;
        while (!rest.isEmpty()) {
            assertThat(last).as("more after Connection: close: %s", answers).isFalse();
            int end = rest.indexOf("\r\n\r\n");
            assertThat(end).as("the head of an answer: %s", answers).isPositive();
            RawResponse answer = RawResponse.ofHead(rest.substring(0, end + 4));
            assertThat(answer.lines().get(0)).matches("HTTP/1\\.[01] [1-5][0-9]{2} [ -~]*");
            assertThat(answer.lines().stream().skip(1).filter(line -> !line.isEmpty()))
                    .allMatch(line -> line.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\\t -~]*"));
            rest = rest.substring(end + 4);
            if (answer.status() == 100) {
                continue;
            }
            assertThat(answer.status()).as(answers).isIn(STATUSES);
            assertThat(answer.header("X-Request-Id")).as(answers).isNotEmpty();
            last = "close".equalsIgnoreCase(answer.header("Connection"));
            rest = body(answer, rest);
        }
        return answers;
    }

    /** Returns what follows the body, of which there is none in the answer to HEAD. */
    private static String body(RawResponse answer, String rest) {
        String length = answer.header("Content-Length");
        if (length == null || rest.isEmpty() || rest.startsWith("HTTP/1.")) {
            assertThat(length != null || answer.status() == 204 || answer.status() == 304 || rest.isEmpty())
                    .as("the end of the body is known: %s", answer)
                    .isTrue();
            return rest;
        }
        int bytes = Integer.parseInt(length);
        assertThat(bytes).as(rest).isLessThanOrEqualTo(rest.length());
        String body = rest.substring(0, bytes);
        if (answer.status() >= 400) {
            assertThat(body).startsWith("{\"error\":\"").endsWith("}");
        }
        return rest.substring(bytes);
    }

    /** Sends the bytes, and returns all that comes back. */
    private static String exchange(byte[] bytes) throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gateway.address().getPort())) {
            socket.setSoTimeout(MILLIS);
            socket.setTcpNoDelay(true);
            int half = bytes.length / 2;
            socket.getOutputStream().write(bytes, 0, half);
            socket.getOutputStream().write(bytes, half, bytes.length - half);
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            in.transferTo(answers);
        } catch (SocketTimeoutException e) {
            fail("still open after %d ms: %s", MILLIS, answers.toString(ISO_8859_1));
        } catch (SocketException e) {
            // Reset, because the gateway had read enough of this. What came before it counts.
        }
        return answers.toString(ISO_8859_1);
    }
}
