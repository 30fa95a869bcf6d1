package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tollgate.runner.Gateway;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedRequestTest {
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "\0\0\0\0\r\n\r\n",
                "GET\r\n\r\n",
                "GET /health\r\n\r\n",
                "GET /he alth HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x:port\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
                "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
                "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
                "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\na",
                "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
                "POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST /health HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            })
    void isAnsweredWithTheEnvelopeAndARequestId(String request) {
        isRejected(request, 400, "INVALID_REQUEST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/0.8\r\nHost: x\r\n\r\n",
                "GET /health HTTP/0.9\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.2\r\nHost: x\r\n\r\n",
                "GET /health HTTP/2.0\r\nHost: x\r\n\r\n",
                "GET /health HTTP/3.0\r\nHost: x\r\n\r\n",
                "GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
                "POST /health HTTP/9.9\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            })
    void isAnswered505ForAnotherVersionOfHttp(String request) {
        isRejected(request, 505, "HTTP_VERSION_NOT_SUPPORTED");
    }

    @Test
    void isAnswered505AlsoIfTheRequestLineComesInPiecesOrBehindAnother() {
        String request = "GET /health HTTP/9.9\r\nHost: x\r\n\r\n";
        for (int i = 1; i < request.length(); i++) {
            try (RawClient client = new RawClient(gateway.address())) {
                client.send(request.substring(0, i)).send(request.substring(i));

                assertThat(client.read().status()).isEqualTo(505);
            }
        }
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + request);

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(505);
        }
    }

    private static void isRejected(String request, int status, String code) {
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse answer = client.send(request).read();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(DateTimeFormatter.RFC_1123_DATE_TIME.parse(answer.header("Date"), Instant::from))
                    .isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.header("X-Request-Id")).hasSize(36);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.header("X-RateLimit-Limit")).isNull();
            assertThat(answer.json().path("error").asText()).isEqualTo("VALIDATION_ERROR");
            assertThat(answer.code()).isEqualTo(code);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void oversizedHeadersAreAnsweredAlthoughMoreIsUnderWay() {
        String header = "X-Filler: " + "x".repeat(7_000) + "\r\n";
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("GET /health HTTP/1.1\r\nHost: x\r\n" + header.repeat(40));

            assertThat(client.read().code()).isEqualTo("INVALID_REQUEST");
        }
    }

    @Test
    void tooManyHeadersAreAnswered() {
        String headers = "X-Filler: x\r\n".repeat(200);

        RawResponse answer =
                RawClient.exchange(gateway.address(), "GET /health HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");

        assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void comesAfterTheAnswersToWhatCameBefore() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\ngarbage\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().code()).isEqualTo("INVALID_REQUEST");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void acceptsAnAbsoluteTarget() {
        RawResponse answer =
                RawClient.exchange(gateway.address(), "GET http://x/health?a=b HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void answersHttp10AndKeepsTheConnectionWhereAsked() {
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse kept = client.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .read();
            RawResponse last = client.send("GET /health HTTP/1.0\r\n\r\n").read();

            assertThat(kept.status()).isEqualTo(200);
            assertThat(kept.header("Connection")).isEqualToIgnoringCase("keep-alive");
            assertThat(last.status()).isEqualTo(200);
            assertThat(client.isAtEnd()).isTrue();
        }
    }
}
