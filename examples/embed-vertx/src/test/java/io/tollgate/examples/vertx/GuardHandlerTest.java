package io.tollgate.examples.vertx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The behaviour of Vert.x with requests, beside that of all servers. */
class GuardHandlerTest {
    private static final RouteRules RULES = RouteRules.builder()
            .route("/closed", AccessRule.token())
            .otherwise(AccessRule.open())
            .build();

    private final RequestGuard guard = RequestGuard.builder()
            .tokens(JwtVerifier.builder()
                    .secret("thirty-two bytes of secret, or more")
                    .build())
            .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(9))))
            .build();

    @Test
    void judgesARequestAnewThatIsRerouted() throws Exception {
        try (TestServer server = new TestServer(router -> {
            router.route().handler(new GuardHandler(guard, RULES));
            router.get("/closed").handler(ctx -> ctx.end("closed"));
            router.get("/open").handler(ctx -> ctx.end("open"));
            router.get("/to-closed").handler(ctx -> ctx.reroute("/closed"));
            router.get("/to-open").handler(ctx -> ctx.reroute("/open"));
        })) {
            assertThat(exchange(server, "GET /to-open HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("X-RateLimit-Remaining: 7\r\n")
                    .containsIgnoringCase("X-Request-Id: ")
                    .endsWith("open");
            assertThat(exchange(server, "GET /to-closed HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void limitsUnknownPathsAndBodies() throws Exception {
        try (TestServer server = new TestServer(router -> {
            router.route().handler(new GuardHandler(guard, RULES));
            router.route().handler(BodyHandler.create(false).setBodyLimit(1_000));
        })) {
            assertThat(exchange(server, "GET /unknown HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 404 ")
                    .containsIgnoringCase("X-RateLimit-Remaining: 8\r\n");
            assertThat(exchange(
                            server,
                            "POST / HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n"
                                    + "x".repeat(1_001)))
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("X-RateLimit-Remaining: 7\r\n");
        }
    }

    @Test
    void closesTheConnectionIfARejectedRequestHasNotSentItsBody() throws Exception {
        try (TestServer server = new TestServer(router -> {
            router.route().handler(new GuardHandler(guard, RULES));
            router.route().handler(BodyHandler.create(false));
        })) {
            String request =
                    "POST /closed HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";

            assertThat(exchange(server, request))
                    .startsWith("HTTP/1.1 401 ")
                    .contains("MISSING_TOKEN")
                    .doesNotContain("100 Continue");
        }
    }

    private static String exchange(TestServer server, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
