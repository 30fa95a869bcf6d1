package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demands of RFC 9113 on a server, and its responses to faults. */
class Http2ProtocolTest {
    private final CompletableFuture<HttpResponse> later = new CompletableFuture<>();
    private UndertowServer server;

    @BeforeEach
    void start() throws Exception {
        server = speaksHttp2(UndertowServer.builder())
                .host("127.0.0.1")
                .ioThreads(1)
                .maxBodySize(100_000)
                .endpoint(request -> switch (request.path()) {
                    case "/body" -> request.body(Integer.MAX_VALUE).thenApply(body -> text(new String(body, UTF_8)));
                    case "/size" -> request.body(Integer.MAX_VALUE).thenApply(body -> text("" + body.length));
                    case "/later" -> later;
                    case "/empty" -> done(HttpResponse.empty(204));
                    case "/large" -> done(text("x".repeat(50_000)));
                    default -> done(text(request.header("cookie").orElse("no cookie")));
                })
                .start();
    }

    @AfterEach
    void close() {
        await().untilAsserted(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().bufferedBytes()).isZero();
        });
        server.close();
    }

    private static HttpResponse text(String text) {
        return HttpResponse.of(200, "text/plain", text.getBytes(UTF_8));
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedStage(response);
    }

    UndertowServer.Builder speaksHttp2(UndertowServer.Builder builder) throws IOException {
        return builder.h2c(true);
    }

    /** Connects, without a word of HTTP/2. */
    Socket socket(InetSocketAddress address) throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    private FrameClient silent() throws IOException {
        return new FrameClient(socket(server.address()));
    }

    private FrameClient connect(int... settings) throws IOException {
        return silent().greet(settings);
    }

    // Requests that are malformed end with their stream, and get a response as in HTTP/1.1.

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to its fields.
    private enum Malformed {
        NO_METHOD(":scheme", "http", ":authority", "x", ":path", "/"),
        NO_SCHEME(":method", "GET", ":authority", "x", ":path", "/"),
        NO_PATH(":method", "GET", ":scheme", "http", ":authority", "x"),
        NO_AUTHORITY(":method", "GET", ":scheme", "http", ":path", "/"),
        EMPTY_PATH(":method", "GET", ":scheme", "http", ":authority", "x", ":path", ""),
        RELATIVE_PATH(":method", "GET", ":scheme", "http", ":authority", "x", ":path", "a"),
        PATH_WITH_SPACE(":method", "GET", ":scheme", "http", ":authority", "x", ":path", "/a b"),
        PATH_WITH_FRAGMENT(":method", "GET", ":scheme", "http", ":authority", "x", ":path", "/a#b"),
        PATH_TWICE(":method", "GET", ":scheme", "http", ":authority", "x", ":path", "/", ":path", "/"),
        METHOD_TWICE(":method", "GET", ":method", "GET", ":scheme", "http", ":authority", "x", ":path", "/"),
        STRANGE_METHOD(":method", "GE T", ":scheme", "http", ":authority", "x", ":path", "/"),
        STRANGE_SCHEME(":method", "GET", ":scheme", "ftp", ":authority", "x", ":path", "/"),
        CONNECT(":method", "CONNECT", ":authority", "x"),
        ASTERISK(":method", "GET", ":scheme", "http", ":authority", "x", ":path", "*"),
        USER_INFORMATION(":method", "GET", ":scheme", "http", ":authority", "u@x", ":path", "/"),
        BAD_PORT(":method", "GET", ":scheme", "http", ":authority", "x:port", ":path", "/"),
        PORT_TOO_LARGE(":method", "GET", ":scheme", "http", ":authority", "x:65536", ":path", "/"),
        BAD_LITERAL(":method", "GET", ":scheme", "http", ":authority", "[::1", ":path", "/"),
        ANOTHER_HOST(FrameClient.request("GET", "/", "host", "other")),
        TWO_HOSTS(FrameClient.request("GET", "/", "host", "localhost", "host", "localhost")),
        UNKNOWN_PSEUDO(FrameClient.request("GET", "/", ":protocol", "websocket")),
        PSEUDO_OF_RESPONSES(FrameClient.request("GET", "/", ":status", "200")),
        PSEUDO_BEHIND(FrameClient.request("GET", "/", "a", "b", ":scheme", "http")),
        UPPER_CASE(FrameClient.request("GET", "/", "Accept", "x")),
        EMPTY_NAME(FrameClient.request("GET", "/", "", "x")),
        NAME_WITH_SPACE(FrameClient.request("GET", "/", "a b", "x")),
        NAME_WITH_COLON(FrameClient.request("GET", "/", "a:b", "x")),
        NAME_BEYOND_ASCII(FrameClient.request("GET", "/", "a\u00e4", "x")),
        NEW_LINE(FrameClient.request("GET", "/", "a", "x\r\ny: z")),
        NUL(FrameClient.request("GET", "/", "a", "x\0")),
        BLANK_AROUND(FrameClient.request("GET", "/", "a", " x")),
        CONNECTION(FrameClient.request("GET", "/", "connection", "close")),
        KEEP_ALIVE(FrameClient.request("GET", "/", "keep-alive", "1")),
        PROXY_CONNECTION(FrameClient.request("GET", "/", "proxy-connection", "close")),
        TRANSFER_ENCODING(FrameClient.request("GET", "/", "transfer-encoding", "chunked")),
        UPGRADE(FrameClient.request("GET", "/", "upgrade", "h2c")),
        TE(FrameClient.request("GET", "/", "te", "gzip")),
        LENGTH(FrameClient.request("GET", "/", "content-length", "ten")),
        NEGATIVE_LENGTH(FrameClient.request("GET", "/", "content-length", "-1")),
        TWO_LENGTHS(FrameClient.request("GET", "/", "content-length", "0", "content-length", "0")),
        HUGE_LENGTH(FrameClient.request("GET", "/", "content-length", "18446744073709551617")),
        LENGTH_WITHOUT_BODY(FrameClient.request("GET", "/", "content-length", "1")),
        TOO_MANY_HEADERS(FrameClient.request("GET", "/", many(130, "a", "b"))),
        TOO_LARGE(FrameClient.request("GET", "/", many(4, "a", "b".repeat(4050)))),
        TOO_MANY_PARAMETERS(FrameClient.request("GET", "/?" + "a&".repeat(300)));

        private final String[] fields;

        Malformed(String... fields) {
            this.fields = fields;
        }

        private static String[] many(int count, String name, String value) {
            List<String> fields = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                fields.addAll(List.of(name, value));
            }
            return fields.toArray(String[]::new);
        }
    }

    @ParameterizedTest
    @EnumSource(Malformed.class)
    void rejectsMalformedRequestsAndServesOthers(Malformed request) throws Exception {
        try (FrameClient client = connect()) {
            client.get(1, "/later").headers(3, true, request.fields);

            FrameClient.Response response = client.response(3);
            assertThat(response.status()).isEqualTo("400");
            assertThat(response.body()).contains("\"error\":\"VALIDATION_ERROR\"", "\"code\":\"INVALID_REQUEST\"");
            FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.error()).isEqualTo(Http2Error.PROTOCOL_ERROR);
            later.complete(text("late"));
            assertThat(client.response(1).body()).isEqualTo("late");
        }
    }

    @Test
    void takesWhatIsUnusualAndRight() throws Exception {
        try (FrameClient client = connect()) {
            assertThat(client.headers(
                                    1,
                                    true,
                                    ":method",
                                    "GET",
                                    ":scheme",
                                    "https",
                                    ":path",
                                    "/",
                                    "host",
                                    "[::1]:8080",
                                    "te",
                                    "trailers")
                            .response(1)
                            .status())
                    .isEqualTo("200");
            assertThat(client.headers(
                                    3,
                                    true,
                                    FrameClient.request("GET", "/", "cookie", "a=b", "x", "y", "cookie", "c=d"))
                            .response(3)
                            .body())
                    .as("cookies may come in pieces")
                    .isEqualTo("a=b; c=d");
            assertThat(client.get(5, "/empty").response(5).fields())
                    .containsEntry(":status", "204")
                    .doesNotContainKey("content-length");
            FrameClient.Response head = client.headers(7, true, FrameClient.request("HEAD", "/large"))
                    .response(7);
            assertThat(head.fields()).containsEntry("content-length", "50000");
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void takesFramesInAnyPieces() throws Exception {
        try (FrameClient client = connect()) {
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            byte[] section = FrameClient.section(FrameClient.request("POST", "/body", "content-length", "10"));
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            first.write(3); // Padding.
            first.writeBytes(FrameClient.octets(0, 0, 0, 0, 15)); // Priority.
            first.write(section, 0, 7);
            first.writeBytes(new byte[3]);
            request.writeBytes(FrameClient.bytes(
                    Http2Frame.HEADERS, Http2Frame.PADDED | Http2Frame.WITH_PRIORITY, 1, first.toByteArray()));
            request.writeBytes(FrameClient.bytes(Http2Frame.CONTINUATION, 0, 1, Arrays.copyOfRange(section, 7, 20)));
            request.writeBytes(FrameClient.bytes(Http2Frame.CONTINUATION, 0, 1));
            request.writeBytes(FrameClient.bytes(
                    Http2Frame.CONTINUATION,
                    Http2Frame.END_HEADERS,
                    1,
                    Arrays.copyOfRange(section, 20, section.length)));
            request.writeBytes(FrameClient.bytes(Http2Frame.DATA, 0, 1, "01234".getBytes(UTF_8)));
            request.writeBytes(FrameClient.bytes(
                    Http2Frame.DATA, Http2Frame.PADDED, 1, FrameClient.octets(4, '5', '6', 0, 0, 0, 0)));
            request.writeBytes(FrameClient.bytes(0x55, 0xff, 1, new byte[20])); // Unknown.
            request.writeBytes(FrameClient.bytes(
                    Http2Frame.DATA,
                    Http2Frame.PADDED | Http2Frame.END_STREAM,
                    1,
                    FrameClient.octets(2, '7', '8', '9', 0, 0)));
            for (byte b : request.toByteArray()) {
                client.raw(b);
            }
            assertThat(client.response(1).body()).isEqualTo("0123456789");

            byte[] again = request.toByteArray();
            for (int i = 0; i < again.length; ) { // Each frame's stream.
                int length = (again[i] & 0xff) << 16 | (again[i + 1] & 0xff) << 8 | (again[i + 2] & 0xff);
                again[i + 8] = 3;
                i += 9 + length;
            }
            assertThat(client.raw(again).response(3).body()).isEqualTo("0123456789");
        }
    }

    @Test
    void takesTrailersAndIgnoresThem() throws Exception {
        try (FrameClient client = connect()) {
            client.post(1, "/body").data(1, false, "body").headers(1, true, "trailer", "x");
            assertThat(client.response(1).body()).isEqualTo("body");

            client.post(3, "/body").data(3, false, "body").headers(3, true, ":path", "/");
            assertThat(client.next(Http2Frame.RST_STREAM).error()).isEqualTo(Http2Error.PROTOCOL_ERROR);
            client.post(5, "/body").data(5, false, "body").headers(5, false, "trailer", "x");
            assertThat(client.next(Http2Frame.RST_STREAM).stream()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"123", "12345"})
    void rejectsBodiesOfAnotherLengthThanAnnounced(String content) throws Exception {
        try (FrameClient client = connect()) {
            client.headers(1, false, FrameClient.request("POST", "/body", "content-length", "4"))
                    .data(1, true, content);
            assertThat(client.response(1).status()).isEqualTo("400");
            assertThat(client.next(Http2Frame.RST_STREAM).error()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        }
    }

    @Test
    void asksForABodyThatWaits() throws Exception {
        try (FrameClient client = connect()) {
            client.headers(1, false, FrameClient.request("POST", "/body", "expect", "100-continue"));
            assertThat(client.next(Http2Frame.HEADERS).status()).isEqualTo("100");
            assertThat(client.data(1, true, "x").response(1).body()).isEqualTo("x");

            client.headers(3, false, FrameClient.request("POST", "/", "expect", "100-continue"));
            assertThat(client.response(3).status()).as("nobody reads it").isEqualTo("200");
            assertThat(client.next(Http2Frame.RST_STREAM).error()).isEqualTo(Http2Error.NO_ERROR);
        }
    }

    @Test
    void rejectsBodiesThatAreTooLarge() throws Exception {
        try (FrameClient client = connect()) {
            client.headers(1, false, FrameClient.request("POST", "/body", "content-length", "100001"));
            assertThat(client.response(1).status()).isEqualTo("413");

            client.post(3, "/body");
            for (int i = 0; i < 6; i++) {
                client.data(3, false, "x".repeat(10_000));
            }
            client.next(frame -> frame.type() == Http2Frame.WINDOW_UPDATE && frame.stream() == 3);
            for (int i = 0; i < 5; i++) {
                client.data(3, false, "x".repeat(10_000));
            }
            assertThat(client.response(3).status()).isEqualTo("413");
            for (int stream = 1; stream <= 3; stream += 2) {
                for (int i = 0; i < 6; i++) {
                    client.data(stream, false, "x".repeat(10_000)); // To be dropped, so there is credit for more.
                }
                int dropped = stream;
                client.next(frame -> frame.type() == Http2Frame.WINDOW_UPDATE && frame.stream() == dropped);
            }
            client.data(3, true, "x");
            assertThat(client.get(5, "/").response(5).status()).isEqualTo("200");

            FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
            assertThat(reset.stream()).as("the one that does not end").isEqualTo(1);
            assertThat(reset.error()).isEqualTo(Http2Error.NO_ERROR);
        }
    }

    @Test
    void dropsBodiesThatNobodyReads() throws Exception {
        try (FrameClient client = connect()) {
            client.post(1, "/").data(1, false, "x".repeat(10_000));
            assertThat(client.response(1).status()).isEqualTo("200");
            client.data(1, true, "x".repeat(10_000)).settle();
            assertThat(client.get(3, "/").response(3).status()).isEqualTo("200");
        }
    }

    @Test
    void writesNoMoreThanTheWindowsAllow() throws Exception {
        try (FrameClient client = connect(Http2Frame.INITIAL_WINDOW_SIZE, 100)) {
            client.get(1, "/large");
            FrameClient.Frame content = client.next(Http2Frame.DATA);
            assertThat(content.payload()).hasSize(100);
            client.window(1, 1);
            assertThat(client.next(Http2Frame.DATA).payload()).hasSize(1);
            client.settings(Http2Frame.INITIAL_WINDOW_SIZE, 50);
            client.window(1, 50).settle(); // Which makes it zero.
            client.window(1, 2);
            assertThat(client.next(Http2Frame.DATA).payload()).hasSize(2);
            client.settings(Http2Frame.INITIAL_WINDOW_SIZE, 60_000);
            FrameClient.Response rest = client.response(1);
            assertThat(rest.body()).hasSize(50_000 - 103);
        }
    }

    @Test
    void sharesTheWindowOfTheConnection() throws Exception {
        try (FrameClient client = connect()) {
            client.get(1, "/large").get(3, "/large");
            int content = 0;
            while (content < Http2Frame.DEFAULT_WINDOW) {
                content += client.next(Http2Frame.DATA).payload().length;
            }
            assertThat(content).isEqualTo(Http2Frame.DEFAULT_WINDOW);
            client.settle().window(0, 100_000);
            assertThat(client.next(frame -> frame.has(Http2Frame.END_STREAM) && frame.type() == Http2Frame.DATA))
                    .isNotNull();
        }
    }

    // Faults of the connection end it, with a reason.

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to its frames.
    private enum Fault {
        DATA_ON_IDLE(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.DATA, 0, 1)),
        RST_ON_IDLE(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.RST_STREAM, 0, 1, new byte[4])),
        WINDOW_ON_IDLE(
                Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, 1, FrameClient.four(1))),
        CONTINUATION_OF_NOTHING(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.CONTINUATION, 4, 1)),
        EVEN_STREAM(
                Http2Error.PROTOCOL_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5, 2, FrameClient.section(FrameClient.request("GET", "/")))),
        PUSH_PROMISE(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.PUSH_PROMISE, 4, 1, new byte[8])),
        STREAM_OF_PING(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.PING, 0, 1, new byte[8])),
        STREAM_OF_SETTINGS(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.SETTINGS, 0, 1)),
        STREAM_OF_GOAWAY(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.GOAWAY, 0, 1, new byte[8])),
        NO_STREAM_OF_DATA(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.DATA, 0, 0)),
        NO_STREAM_OF_HEADERS(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.HEADERS, 5, 0)),
        NO_STREAM_OF_RST(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.RST_STREAM, 0, 0, new byte[4])),
        NO_STREAM_OF_PRIORITY(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.PRIORITY, 0, 0, new byte[5])),
        SHORT_PING(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(Http2Frame.PING, 0, 0, new byte[7])),
        SHORT_RST(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(Http2Frame.RST_STREAM, 0, 1, new byte[3])),
        SHORT_WINDOW(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, 0, new byte[3])),
        SHORT_PRIORITY(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(Http2Frame.PRIORITY, 0, 1, new byte[4])),
        SHORT_SETTING(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(Http2Frame.SETTINGS, 0, 0, new byte[5])),
        ACK_WITH_SETTINGS(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(Http2Frame.SETTINGS, 1, 0, new byte[6])),
        LARGE_FRAME(Http2Error.FRAME_SIZE_ERROR, FrameClient.bytes(0x33, 0, 0, new byte[16_385])),
        WINDOW_OF_ZERO(Http2Error.PROTOCOL_ERROR, FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, 0, new byte[4])),
        WINDOW_TOO_LARGE(
                Http2Error.FLOW_CONTROL_ERROR,
                FrameClient.bytes(Http2Frame.WINDOW_UPDATE, 0, 0, FrameClient.four(Integer.MAX_VALUE))),
        PUSH_SETTING(
                Http2Error.PROTOCOL_ERROR,
                FrameClient.bytes(Http2Frame.SETTINGS, 0, 0, FrameClient.octets(0, 2, 0, 0, 0, 2))),
        WINDOW_SETTING(
                Http2Error.FLOW_CONTROL_ERROR,
                FrameClient.bytes(Http2Frame.SETTINGS, 0, 0, FrameClient.octets(0, 4, 0x80, 0, 0, 0))),
        FRAME_SETTING(
                Http2Error.PROTOCOL_ERROR,
                FrameClient.bytes(Http2Frame.SETTINGS, 0, 0, FrameClient.octets(0, 5, 0, 0, 0x3f, 0xff))),
        ALL_PADDING(
                Http2Error.PROTOCOL_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5 | Http2Frame.PADDED, 1, FrameClient.octets(9, 0x82))),
        UNKNOWN_INDEX(
                Http2Error.COMPRESSION_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5, 1, FrameClient.octets(0xff, 0x20))),
        INDEX_OF_ZERO(
                Http2Error.COMPRESSION_ERROR, FrameClient.bytes(Http2Frame.HEADERS, 5, 1, FrameClient.octets(0x80))),
        TABLE_TOO_LARGE(
                Http2Error.COMPRESSION_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5, 1, FrameClient.octets(0x3f, 0xe2, 0x1f))),
        LATE_TABLE_SIZE(
                Http2Error.COMPRESSION_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5, 1, FrameClient.octets(0x82, 0x20))),
        CUT_STRING(
                Http2Error.COMPRESSION_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5, 1, FrameClient.octets(0, 5, 'a'))),
        ENDLESS_INTEGER(
                Http2Error.COMPRESSION_ERROR,
                FrameClient.bytes(
                        Http2Frame.HEADERS, 5, 1, FrameClient.octets(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))),
        LONG_PADDING_OF_HUFFMAN(
                Http2Error.COMPRESSION_ERROR,
                FrameClient.bytes(Http2Frame.HEADERS, 5, 1, FrameClient.octets(0, 0x82, 0x1f, 0xff, 0)));

        private final Http2Error error;
        private final byte[] frame;

        Fault(Http2Error error, byte[] frame) {
            this.error = error;
            this.frame = frame;
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void endsConnectionsForTheirFaults(Fault fault) throws Exception {
        try (FrameClient client = connect()) {
            client.raw(fault.frame);
            assertThat(client.goAway()).isEqualTo(fault.error);
        }
    }

    @Test
    void endsConnectionsWhoseStreamsDoNotRise() throws Exception {
        try (FrameClient client = connect()) {
            client.get(5, "/").response(5);
            client.get(3, "/");
            assertThat(client.goAway()).isEqualTo(Http2Error.STREAM_CLOSED);
        }
    }

    @Test
    void endsConnectionsThatBreakOffAFieldSection() throws Exception {
        try (FrameClient client = connect()) {
            client.frame(Http2Frame.HEADERS, 0, 1, FrameClient.section(FrameClient.request("GET", "/")))
                    .frame(Http2Frame.PING, 0, 0, new byte[8]);
            assertThat(client.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        }
    }

    @Test
    void endsConnectionsThatExceedAWindow() throws Exception {
        try (FrameClient client = connect()) {
            client.post(1, "/later");
            for (int i = 0; i < 7; i++) {
                client.data(1, false, "x".repeat(10_000));
            }
            FrameClient.Frame reset = client.next(Http2Frame.RST_STREAM);
            assertThat(reset.error()).isEqualTo(Http2Error.FLOW_CONTROL_ERROR);
        }
    }

    @Test
    void greetsWithGoAwayWhatIsNoHttp2() throws Exception {
        try (FrameClient client = silent()) {
            client.raw(Http2Reader.PREFACE).get(1, "/");
            assertThat(client.goAway()).isEqualTo(Http2Error.PROTOCOL_ERROR);
        }
    }

    @Test
    void compressesNothingThatItMustRemember() throws Exception {
        try (FrameClient client = connect(1, 0)) { // A table of no size.
            for (int id = 1; id < 10; id += 2) {
                assertThat(client.get(id, "/").response(id).fields()).containsEntry("content-type", "text/plain");
            }
        }
    }
}
