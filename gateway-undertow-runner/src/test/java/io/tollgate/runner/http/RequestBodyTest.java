package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.runner.Gateway;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {
    private static final String LOGIN = "/api/v1/users/login";
    private static final String GOOD = "{\"email\":\"ann@example.org\",\"password\":\"secret-1\"}";
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("server.http.max_body_size", "2KiB", "server.http.read_timeout", "400ms");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void isReadWhateverPiecesItComesIn() {
        String request = post(LOGIN, GOOD);
        try (RawClient client = new RawClient(gateway.address())) {
            for (int i = 0; i < request.length(); i += 7) {
                client.send(request.substring(i, Math.min(request.length(), i + 7)));
            }

            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void isReadInChunks() {
        String chunked = "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk(GOOD.substring(0, 10)) + chunk(GOOD.substring(10)) + "0\r\n\r\n";
        try (RawClient client = new RawClient(gateway.address())) {
            client.send(chunked + chunked + HEALTH);

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void isAskedForWhereTheClientWaitsForThat() {
        String head = "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                + GOOD.length() + "\r\n\r\n";
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse goOn = client.send(head).read();
            RawResponse answer = client.send(GOOD).read();

            assertThat(goOn.status()).isEqualTo(100);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(client.send(HEALTH).read().status()).isEqualTo(200);
        }
    }

    @Test
    void isNotAskedForWhereItIsTooLarge() {
        String head = "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2049\r\n\r\n";
        try (RawClient client = new RawClient(gateway.address())) {
            RawResponse answer = client.send(head).read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
    }

    @Test
    void ofTheLargestSizeIsRead() {
        String body = "{\"x\":\"" + "y".repeat(2048 - 8) + "\"}";

        RawResponse answer = RawClient.exchange(gateway.address(), post(LOGIN, body));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void tooLargeByItsLengthIsRefusedBeforeItIsRead() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2049\r\n\r\n");

            RawResponse answer = client.read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("BODY_TOO_LARGE");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.header("X-RateLimit-Limit")).isNotNull();
        }
    }

    @Test
    void tooLargeIsAnsweredToAClientThatSendsItAllTheSame() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
            client.send(new byte[8_000_000]);

            assertThat(client.read().code()).isEqualTo("BODY_TOO_LARGE");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void tooLargeInChunksIsRefusedWhileItIsRead() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + chunk(" ".repeat(1500)) + chunk(" ".repeat(1500)));

            RawResponse answer = client.read();

            assertThat(answer.code()).isEqualTo("BODY_TOO_LARGE");
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"email\":"})
    void thatDoesNotArriveInTimeIsRefused(String start) {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n" + start);

            RawResponse answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
            assertThat(answer.json().path("message").asText()).isEqualTo("The body did not arrive within 400ms.");
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
    }

    @Test
    void thatEndsEarlyIsRefused() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
                    .shutdownOutput();

            assertThat(client.read().code()).isEqualTo("INVALID_REQUEST");
        }
    }

    @Test
    void inMalformedChunksIsRefused() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n");

            RawResponse answer = client.read();

            assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
    }

    @Test
    void thatNobodyReadDoesNotEndTheConnection() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send(post("/nowhere", GOOD));
            assertThat(client.read().status()).isEqualTo(404);

            client.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(404);
            client.send("0123456789" + HEALTH);
            assertThat(client.read().status()).isEqualTo(200);

            client.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("12345"));
            assertThat(client.read().status()).isEqualTo(404);
            client.send("0\r\n\r\n" + HEALTH);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void thatNobodyReadAndIsTooLargeEndsTheConnection() {
        try (RawClient client = new RawClient(gateway.address())) {
            client.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(404);

            client.send(chunk(" ".repeat(1500)) + chunk(" ".repeat(1500)));

            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "application/json; profile=\"a;charset=latin-1\"",
            })
    void ofJsonIsAccepted(String type) {
        assertThat(login("Content-Type: " + type + "\r\n", GOOD).status()).isEqualTo(200);
    }

    @Test
    void withoutATypeIsAccepted() {
        assertThat(login("", GOOD).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/jsonp",
                "application/problem+json",
                "application/json; charset=iso-8859-1",
                "application/json; charset=utf-16",
                "application/json; nonsense",
                "json",
                "application/json\r\nContent-Type: application/json",
            })
    void ofAnotherTypeIsRefused(String type) {
        RawResponse answer = login("Content-Type: " + type + "\r\n", GOOD);

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"email\"",
                "12",
                "{",
                "{\"email\":\"a\"",
                "{\"email\":\"a\",}",
                "{'email':'a'}",
                "{\"email\":\"a\",\"email\":\"b\"}",
                "{\"x\":{\"a\":1,\"a\":2}}",
                "{} {}",
                "{}x",
                "{\"x\":NaN}",
                "{\"x\":01}",
                "{\"x\":\"a\u0001\"}",
                "{\"x\":\"\\ud800\"}",
                "{\"x\":\"\\udc00\\ud800\"}",
                "{\"\\ud800\":1}",
                "{\"x\":[\"\\udfff\"]}",
                "// comment\n{}",
            })
    void thatIsNotOneJsonObjectIsRefused(String json) {
        RawResponse answer = login("", json);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_JSON");
    }

    @Test
    void thatIsTooDeepOrHasANumberTooLongIsRefused() {
        assertThat(login("", "{\"x\":" + "[".repeat(40) + "]".repeat(40) + "}").code())
                .isEqualTo("INVALID_JSON");
        assertThat(login("", "{\"x\":" + "1".repeat(1000) + "}").code()).isEqualTo("INVALID_JSON");
    }

    @Test
    void thatIsNotUtf8IsRefused() {
        byte[] overlong = {'{', '"', 'x', '"', ':', '"', (byte) 0xC0, (byte) 0xAF, '"', '}'};
        byte[] surrogate = {'{', '"', 'x', '"', ':', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', '}'};
        byte[] utf16 = GOOD.getBytes(StandardCharsets.UTF_16BE);

        assertThat(login(overlong).code()).isEqualTo("INVALID_JSON");
        assertThat(login(surrogate).code()).isEqualTo("INVALID_JSON");
        assertThat(login(utf16).code()).isEqualTo("INVALID_JSON");
    }

    @Test
    void isNeverQuotedInItsRefusal() {
        RawResponse answer = login("", "{\"password\":\"marked-secret\",\n  oops}");

        assertThat(answer.body()).doesNotContain("marked-secret", "oops");
        assertThat(answer.json().path("message").asText()).contains("line 2, column");
    }

    @Test
    void mayHavePropertiesThatNobodyKnowsAndEscapedPairs() {
        String json = "{\"emoji\":\"\\ud83d\\ude00\",\"n\":null,\"deep\":[{\"a\":1.5e3}]," + GOOD.substring(1);

        assertThat(login("", json).status()).isEqualTo(200);
    }

    private static RawResponse login(String headers, String json) {
        return RawClient.exchange(
                gateway.address(),
                "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\n" + headers + "Content-Length: " + json.length() + "\r\n\r\n"
                        + json);
    }

    private static RawResponse login(byte[] json) {
        return login("", new String(json, StandardCharsets.ISO_8859_1));
    }

    private static String chunk(String content) {
        return Integer.toHexString(content.length()) + "\r\n" + content + "\r\n";
    }
}
