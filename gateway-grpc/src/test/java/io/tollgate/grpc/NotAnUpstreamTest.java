package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls with something else than the service at the other end, or with a service that fails oddly. */
class NotAnUpstreamTest {
    private static final String HTML = "<html><body>proxy-7.internal says no</body></html>";

    @ParameterizedTest
    @CsvSource({
        "400, INTERNAL_SERVER_ERROR",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "404, METHOD_NOT_IMPLEMENTED",
        "429, SERVICE_UNAVAILABLE",
        "500, UNKNOWN_ERROR",
        "502, SERVICE_UNAVAILABLE",
        "503, SERVICE_UNAVAILABLE",
        "504, SERVICE_UNAVAILABLE",
    })
    void showsNothingOfAProxysPage(String status, CommonError expected) throws Exception {
        try (Http2Server proxy = Http2Server.answering(Map.of(":status", status, "content-type", "text/html"), HTML)) {
            GatewayException error = errorFrom(proxy.port());

            assertThat(error.code()).isEqualTo(expected);
            assertFixed(error);
            assertThat(error.getCause()).hasMessageContaining("HTTP status code " + status);
        }
    }

    @ParameterizedTest
    @CsvSource({"401, UNAUTHENTICATED", "403, PERMISSION_DENIED"})
    void showsNothingOfAnHttpStatusUnderGrpcsContentType(String status, CommonError expected) throws Exception {
        try (Http2Server proxy = Http2Server.answering(Map.of(":status", status, "content-type", "application/grpc"))) {
            GatewayException error = errorFrom(proxy.port());

            assertThat(error.code()).isEqualTo(expected);
            assertFixed(error);
        }
    }

    @Test
    void showsNothingOfAPageThatClaimsAGrpcStatus() throws Exception {
        Map<String, String> headers = Map.of(
                ":status", "403", "content-type", "text/html", "grpc-status", "5", "grpc-message", "proxy-7.internal");
        try (Http2Server proxy = Http2Server.answering(headers, HTML)) {
            assertFixed(errorFrom(proxy.port()));
        }
    }

    @Test
    void mapsAStatusNumberThatDoesNotExistToUnknown() throws Exception {
        Map<String, String> headers =
                Map.of(":status", "200", "content-type", "application/grpc", "grpc-status", "99", "grpc-message", "eh");
        try (Http2Server odd = Http2Server.answering(headers)) {
            GatewayException error = errorFrom(odd.port());

            assertThat(error.code()).isEqualTo(CommonError.UNKNOWN_ERROR);
            assertFixed(error);
        }
    }

    @Test
    void takesAnAnswerWithoutAStatusForUnknown() throws Exception {
        try (Http2Server odd = Http2Server.answering(
                Map.of(":status", "200", "content-type", "application/grpc"), new byte[0], Map.of("x", "y"))) {
            assertThat(errorFrom(odd.port()).code()).isEqualTo(CommonError.UNKNOWN_ERROR);
        }
    }

    @Test
    void takesAnAnswerThatCannotBeReadForAFault() throws Exception {
        byte[] garbage = {0, 0, 0, 0, 3, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF};
        try (Http2Server odd = Http2Server.answering(
                Map.of(":status", "200", "content-type", "application/grpc"), garbage, Map.of("grpc-status", "0"))) {
            GatewayException error = errorFrom(odd.port());

            assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertFixed(error);
        }
    }

    @Test
    void takesTwoMessagesForAFault() throws Exception {
        byte[] twoEmptyMessages = new byte[10];
        try (Http2Server odd = Http2Server.answering(
                Map.of(":status", "200", "content-type", "application/grpc"),
                twoEmptyMessages,
                Map.of("grpc-status", "0"))) {
            GatewayException error = errorFrom(odd.port());

            assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertThat(error.getCause()).hasMessageEndingWith("responded with more than one message");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL_ERROR, INTERNAL_SERVER_ERROR",
        "ENHANCE_YOUR_CALM, RATE_LIMIT_EXCEEDED",
        "INADEQUATE_SECURITY, PERMISSION_DENIED",
        "CANCEL, REQUEST_TIMEOUT"
    })
    void showsNothingOfAStreamThatWasReset(String http2, CommonError expected) throws Exception {
        try (Http2Server odd = Http2Server.resetting(Http2Error.valueOf(http2))) {
            GatewayException error = errorFrom(odd.port());

            assertThat(error.code()).isEqualTo(expected);
            assertFixed(error);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Http2Error.class,
            names = {"NO_ERROR", "INTERNAL_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "CANCEL"})
    void isUnavailableWhenAGoAwayEndsTheConnection(Http2Error http2) throws Exception {
        try (Http2Server leaving = Http2Server.goingAway(http2)) {
            GatewayException error = errorFrom(leaving.port());

            assertThat(error.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            assertFixed(error);
        }
    }

    @ParameterizedTest
    @CsvSource({"x-big, 100000", "grpc-message, 100000", "grpc-status-details-bin, 100000"})
    void failsWhenTheTrailersAreTooLarge(String name, int size) throws Exception {
        try (Http2Server odd = Http2Server.answering(
                Map.of(":status", "200", "content-type", "application/grpc"),
                new byte[0],
                Map.of("grpc-status", "3", name, "A".repeat(size)))) {
            GatewayException error = errorFrom(odd.port());

            assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertFixed(error);
        }
    }

    @Test
    void failsWhenTheDetailsAreNotBase64() throws Exception {
        try (Http2Server odd = Http2Server.answering(
                Map.of(":status", "200", "content-type", "application/grpc"),
                new byte[0],
                Map.of("grpc-status", "3", "grpc-status-details-bin", "!!!"))) {
            GatewayException error = errorFrom(odd.port());

            assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertFixed(error);
        }
    }

    @Test
    void showsNothingOfAnAnswerThatIsTooLarge() throws Exception {
        try (TestServer server = new TestServer();
                Upstream upstream =
                        server.upstream().maxInboundMessageSize(1 << 10).build()) {
            server.purchase = TestServer.answering(PurchaseResponse.newBuilder()
                    .setTicket(Ticket.newBuilder().setId("t".repeat(2_000)))
                    .build());

            GatewayException error = errorOf(purchase(upstream));

            assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertThat(error.retryAfter()).isEmpty();
            assertFixed(error);
            assertThat(error.getCause()).hasMessageContaining("exceeds maximum size 1024");
        }
    }

    @Test
    void failsWhereAnHttp1ServerListens() throws Exception {
        HttpServer http1 = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http1.start();
        try {
            GatewayException error = errorFrom(http1.getAddress().getPort());

            assertThat(error.code()).isIn(CommonError.INTERNAL_SERVER_ERROR, CommonError.SERVICE_UNAVAILABLE);
            assertFixed(error);
        } finally {
            http1.stop(0);
        }
    }

    @Test
    void isUnavailableWhereNobodyListens() throws Exception {
        int port;
        try (TestServer gone = new TestServer()) {
            port = gone.port();
        }

        GatewayException error = errorFrom(port);

        assertThat(error.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(error.getMessage()).doesNotContain("127.0.0.1", Integer.toString(port));
    }

    @Test
    void isUnavailableWhereTheNameDoesNotResolve() throws Exception {
        try (Upstream upstream =
                Upstream.builder("lost", "no-such-host.invalid", 50051).build()) {
            assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
    }

    @Test
    void failsWhenTheServerIsShutDownInTheMiddleOfACall() throws Exception {
        TestServer server = new TestServer();
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        server.purchase = (request, observer) -> arrived.complete(null);
        try (Upstream upstream = server.upstream().build()) {
            CompletionStage<?> stage = purchase(upstream);
            Outcomes.resultOf(arrived);
            server.close();

            // gRPC's server resets its streams with CANCEL, if it gets to it before the connection ends.
            assertThat(errorOf(stage).code()).isIn(CommonError.REQUEST_TIMEOUT, CommonError.SERVICE_UNAVAILABLE);
        }
    }

    @Test
    void isUnavailableWhenTheConnectionBreaksInTheMiddleOfACall() throws Exception {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (Upstream upstream = Upstream.builder("test-service", "127.0.0.1", listener.getLocalPort())
                .build()) {
            CompletionStage<?> stage = purchase(upstream);
            try (listener;
                    Socket connection = listener.accept()) {
                InputStream in = connection.getInputStream();
                byte[] preface = in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
                assertThat(new String(preface, US_ASCII)).startsWith("PRI * HTTP/2.0");
                byte[] emptySettings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
                connection.getOutputStream().write(emptySettings);
                connection.getOutputStream().flush();
                assertThat(in.read()).isNotNegative();
                connection.setSoLinger(true, 0);
            }

            assertThat(errorOf(stage).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
    }

    @Test
    void runsOutOfTimeWhereTheServerAcceptsAndSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Upstream upstream = Upstream.builder("test-service", "127.0.0.1", silent.getLocalPort())
                        .deadline(Duration.ofMillis(200))
                        .build()) {
            assertThat(errorOf(purchase(upstream)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
    }

    private static void assertFixed(GatewayException error) {
        assertThat(error.getMessage()).endsWith(".").doesNotContain("HTTP", "proxy-7", "stream", "content-type");
    }

    private static GatewayException errorFrom(int port) throws Exception {
        try (Upstream upstream =
                Upstream.builder("test-service", "127.0.0.1", port).build()) {
            return errorOf(purchase(upstream));
        }
    }

    private static CompletionStage<?> purchase(Upstream upstream) {
        return new GrpcOrderGateway(upstream)
                .purchase(new TicketPurchase("concert", "u-1", "key-1"), CallContext.create());
    }
}
