package io.tollgate.examples.netty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.examples.netty.TestServer.Application;
import io.tollgate.examples.netty.TestServer.Reply;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Several requests in one segment, on one connection. */
class PipeliningTest {
    private static final RouteRules RULES = RouteRules.builder()
            .route("/closed", AccessRule.token())
            .otherwise(AccessRule.open())
            .build();
    private static final Pattern RESPONSE = Pattern.compile(
            "HTTP/1\\.1 (\\d{3}) .*?\r\nX-Request-Id: (\\S+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    private final Application echo = (route, body, user) -> {
        handled.add(route);
        return CompletableFuture.completedStage(new Reply(200, "text/plain", body));
    };

    private static RequestGuard guard(RateLimiter limiter, int perHour) {
        return RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .secret("thirty-two bytes of secret, or more")
                        .build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perHour(perHour))))
                .withoutTokenProtection()
                .build();
    }

    private static RateLimiter local() {
        return LocalRateLimiter.builder().build();
    }

    private static String request(String method, String path, int id, String more) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + id + "\r\n" + more;
    }

    private static String get(String path, int id) {
        return request("GET", path, id, "\r\n");
    }

    private static String post(String path, int id, String body) {
        return request("POST", path, id, "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Sends a text at once, and returns all that comes back until the server closes the connection. */
    private static String exchange(TestServer server, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    /** Returns id and status of each response. */
    private static List<String> responses(String received) {
        return RESPONSE.matcher(received)
                .results()
                .map((MatchResult found) -> found.group(2) + ": " + found.group(1))
                .toList();
    }

    @Test
    void rejectedAndAdmittedRequestsGetTheirResponsesInOrder() throws Exception {
        try (TestServer server = new TestServer(guard(local(), 8), RULES, echo)) {
            String received = exchange(
                    server,
                    get("/open", 1)
                            + get("/closed", 2)
                            + post("/open", 3, "GET /closed HTTP/1.1\r\n\r\n")
                            + post("/closed", 4, "GET /open HTTP/1.1\r\n\r\n")
                            + request("HEAD", "/closed", 5, "\r\n")
                            + get("/a;b", 6)
                            + request("POST", "/open", 7, "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")
                            + request("POST", "/closed", 8, "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")
                            + get("/open", 9)
                            + request("GET", "/open", 10, "Connection: close\r\n\r\n"));

            assertThat(responses(received))
                    .containsExactly(
                            "1: 200", "2: 401", "3: 200", "4: 401", "5: 401", "6: 400", "7: 200", "8: 401", "9: 429",
                            "10: 429");
            assertThat(handled).containsExactly("GET /open", "POST /open", "POST /open");
            assertThat(received)
                    .contains("\r\n\r\nGET /closed HTTP/1.1\r\n\r\nHTTP/1.1 401 ")
                    .doesNotContain("GET /open");
        }
    }

    @Test
    void handlesAndChargesNothingAfterARequestThatClosesTheConnection() throws Exception {
        try (TestServer server = new TestServer(guard(local(), 3), RULES, echo)) {
            String received = exchange(
                    server,
                    get("/1", 1) + request("GET", "/2", 2, "Connection: close\r\n\r\n") + get("/3", 3) + get("/4", 4));

            assertThat(responses(received)).containsExactly("1: 200", "2: 200");
            assertThat(handled).containsExactly("GET /1", "GET /2");
            assertThat(exchange(server, request("GET", "/5", 5, "Connection: close\r\n\r\n")))
                    .containsIgnoringCase("X-RateLimit-Remaining: 0\r\n");
        }
    }

    @Test
    void aRejectedRequestMayCloseTheConnectionToo() throws Exception {
        try (TestServer server = new TestServer(guard(local(), 3), RULES, echo)) {
            String received = exchange(
                    server, get("/1", 1) + request("GET", "/closed", 2, "Connection: close\r\n\r\n") + get("/3", 3));

            assertThat(responses(received)).containsExactly("1: 200", "2: 401");
            assertThat(handled).containsExactly("GET /1");
        }
    }

    @Test
    void aRequestWaitsForTheResponseToTheOneBefore() throws Exception {
        HeldLimiter limiter = new HeldLimiter();
        CompletableFuture<Reply> first = new CompletableFuture<>();
        Application slow = (route, body, user) -> {
            handled.add(route);
            return route.equals("GET /1") ? first : CompletableFuture.completedStage(Reply.text(route));
        };
        try (TestServer server = new TestServer(guard(limiter, 9), RULES, slow);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write((get("/1", 1) + request("GET", "/2", 2, "Connection: close\r\n\r\n")).getBytes(ISO_8859_1));
            limiter.awaitHeld();
            assertThat(handled).isEmpty();
            limiter.release();
            Awaitility.await().until(() -> handled.size() == 1);
            assertThat(limiter.held).isEmpty();

            first.complete(Reply.text("one")); // By a thread that is not of the server.
            limiter.awaitHeld();
            assertThat(handled).containsExactly("GET /1");
            limiter.release();

            String received = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(responses(received)).containsExactly("1: 200", "2: 200");
            assertThat(handled).containsExactly("GET /1", "GET /2");
        }
    }

    @Test
    void readsNoMoreThanItCanHandle() throws Exception {
        int tooMuch = 64 << 20;
        String padding = "Padding: " + "x".repeat(4_000) + "\r\n\r\n";
        HeldLimiter limiter = new HeldLimiter();
        limiter.openAfter = 1;
        try (TestServer server = new TestServer(guard(limiter, 1_000_000), RULES, echo);
                Selector selector = Selector.open();
                SocketChannel client =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_WRITE);
            int requests = 0;
            long sent = 0;
            ByteBuffer request = ByteBuffer.allocate(0);
            boolean full = false;
            while (!full && sent < tooMuch) {
                if (!request.hasRemaining()) {
                    requests++;
                    request = ByteBuffer.wrap(
                            request("GET", "/", requests, padding).getBytes(ISO_8859_1));
                }
                int written = client.write(request);
                sent += written;
                full = written == 0 && selector.select(2_000) == 0;
                selector.selectedKeys().clear();
            }
            assertThat(sent).as("bytes that the server and the system took").isLessThan(tooMuch);

            limiter.release();
            client.keyFor(selector).cancel();
            selector.selectNow();
            client.configureBlocking(true);
            client.socket().setSoTimeout(60_000);
            ByteBuffer rest = request;
            int last = requests;
            Thread writer = new Thread(() -> finish(client, rest));
            writer.start();
            List<String> responses = readResponses(client, last);
            writer.join();
            List<String> expected = new ArrayList<>();
            for (int id = 1; id <= last; id++) {
                expected.add(id + ": 200");
            }
            assertThat(responses).isEqualTo(expected);
        }
    }

    private static void finish(SocketChannel client, ByteBuffer request) {
        try {
            while (request.hasRemaining()) {
                client.write(request);
            }
        } catch (IOException e) {
            // The reader notices.
        }
    }

    private static List<String> readResponses(SocketChannel client, int count) throws IOException {
        StringBuilder received = new StringBuilder();
        String end = "X-Request-Id: " + count + "\r\n";
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (received.indexOf(end, Math.max(0, received.length() - (2 << 16))) < 0) {
            if (client.read(buffer.clear()) < 0) {
                throw new IOException("the connection ended after " + received.length() + " bytes");
            }
            received.append(ISO_8859_1.decode(buffer.flip()));
        }
        return responses(received.toString());
    }

    @Test
    void asksForTheBodyOfAnAdmittedRequestOnly() throws Exception {
        try (TestServer server = new TestServer(guard(local(), 9), RULES, echo)) {
            String expecting = "Expect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n";

            assertThat(exchange(server, request("POST", "/open", 1, expecting) + "body"))
                    .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
                    .endsWith("body");
            assertThat(exchange(server, request("POST", "/closed", 2, expecting.replace("Connection: close\r\n", ""))))
                    .startsWith("HTTP/1.1 401 ")
                    .contains("MISSING_TOKEN")
                    .doesNotContain("100 Continue");
        }
    }

    @Test
    void limitsBodies() throws Exception {
        try (TestServer server = new TestServer(guard(local(), 9), RULES, echo)) {
            String received = exchange(
                    server,
                    post("/open", 1, "x".repeat(TestServer.MAX_BODY + 1))
                            + request("GET", "/open", 2, "Connection: close\r\n\r\n"));

            assertThat(responses(received)).containsExactly("1: 413", "2: 200");
            assertThat(received).containsIgnoringCase("X-RateLimit-Remaining: 8\r\n");
        }
    }

    @Test
    void malformedRequestsEndTheConnection() throws Exception {
        try (TestServer server = new TestServer(guard(local(), 9), RULES, echo)) {
            assertThat(exchange(server, "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n" + get("/", 2)))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"code\":\"INVALID_REQUEST\"")
                    .doesNotContain("200");
            assertThat(exchange(server, request("POST", "/open", 3, "Transfer-Encoding: chunked\r\n\r\nzz\r\n")))
                    .as("a bad chunk")
                    .isEmpty();
            assertThat(handled).isEmpty();
        }
    }

    /** Holds decisions until the test releases them. */
    private static final class HeldLimiter implements RateLimiter {
        private final Queue<CompletableFuture<Void>> held = new ConcurrentLinkedQueue<>();
        private int openAfter = Integer.MAX_VALUE;
        private int decisions;

        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            RateLimitDecision allowed = RateLimitDecision.allowed(check, 1, Instant.now());
            if (++decisions > openAfter) {
                return CompletableFuture.completedStage(allowed);
            }
            CompletableFuture<Void> release = new CompletableFuture<>();
            held.add(release);
            return release.thenApply(done -> allowed);
        }

        void awaitHeld() {
            Awaitility.await().until(() -> held.size() == 1);
        }

        void release() {
            held.remove().complete(null);
        }
    }
}
