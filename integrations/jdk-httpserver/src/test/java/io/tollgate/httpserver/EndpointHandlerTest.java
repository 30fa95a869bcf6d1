package io.tollgate.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints on the JDK's server, over a real socket. */
class EndpointHandlerTest {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        publisher.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void writesAStreamToItsEnd() throws Exception {
        serve(200, emitting("one", "two", null));

        assertThat(send("GET").body()).isEqualTo("onetwo");
        assertThat(send("GET").statusCode()).isEqualTo(200);
    }

    @Test
    void breaksOffWhenThePublisherFails() {
        serve(200, emitting("one", "two", new IllegalStateException("on purpose")));

        assertThatThrownBy(() -> send("GET")).as("half a body").isInstanceOf(IOException.class);
    }

    @Test
    void breaksOffWhenThePublisherThrows() {
        serve(200, subscriber -> {
            throw new IllegalStateException("on purpose");
        });

        assertThatThrownBy(() -> send("GET")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void writesNoStreamWhereNoBodyMayBe(int status) throws Exception {
        serve(status, publisher);

        assertThat(send("GET").statusCode()).isEqualTo(status);
        assertThat(send("GET").body()).as("on the same connection").isEmpty();
        assertThat(publisher.hasSubscribers()).isFalse();
    }

    @Test
    void writesNoStreamForHead() throws Exception {
        serve(200, publisher);

        assertThat(send("HEAD").headers().firstValue("Content-Type")).contains("text/plain");
        assertThat(publisher.hasSubscribers()).isFalse();
    }

    @Test
    void tellsHeadTheLengthOfTheBody() throws Exception {
        serve(request -> CompletableFuture.completedStage(HttpResponse.json(200, new byte[123])));

        assertThat(send("HEAD").headers().firstValue("Content-Length")).contains("123");
    }

    @Test
    void keepsTheConnection() throws Exception {
        serve(request -> CompletableFuture.completedStage(text("one")));

        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            socket.setSoTimeout(20_000);
            String request = "GET / HTTP/1.1\r\nHost: localhost\r\n";
            socket.getOutputStream().write((request + "\r\n" + request + "Connection: close\r\n\r\n").getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .containsSubsequence("HTTP/1.1 200", "one", "HTTP/1.1 200", "one");
        }
    }

    @Test
    void passesOnAsMuchOfABodyAsTheEndpointAccepts() throws Exception {
        serve(request -> request.body(3).thenApply(body -> HttpResponse.of(200, "text/plain", body)));

        assertThat(post("").body()).isEmpty();
        assertThat(post("abc").body()).isEqualTo("abc");
        assertThat(post("abcd").statusCode()).isEqualTo(413);
        assertThat(post("abcd").body()).contains("\"code\":\"BODY_TOO_LARGE\"", "at most 3 bytes");
    }

    @Test
    void acceptsABodyOfAnySizeIfTheEndpointDoes() throws Exception {
        serve(request -> request.body(Integer.MAX_VALUE).thenApply(body -> text("" + body.length)));

        assertThat(post("x".repeat(300_000)).body()).isEqualTo("300000");
    }

    @Test
    void rendersFailuresOfTheEndpoint() throws Exception {
        serve(request -> CompletableFuture.failedStage(
                GatewayException.of(CommonError.RESOURCE_NOT_FOUND, "There is no such ticket.")));

        assertThat(send("GET").statusCode()).isEqualTo(404);
        assertThat(send("GET").body()).contains("RESOURCE_NOT_FOUND", "There is no such ticket.");
    }

    @Test
    void rendersExceptionsOfTheEndpointAsItIsTold() throws Exception {
        server.createContext(
                "/",
                EndpointHandler.of(
                        request -> {
                            throw new IllegalStateException("on purpose");
                        },
                        ErrorRenderer.problem()));

        java.net.http.HttpResponse<String> response = send("GET");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.body())
                .contains("urn:request:"
                        + response.headers().firstValue("X-Request-ID").orElseThrow())
                .doesNotContain("on purpose");
    }

    @Test
    void carriesTheHeadersOfAGuard() throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(1))))
                .build();
        server.createContext("/", EndpointHandler.of(request -> CompletableFuture.completedStage(text("one"))))
                .getFilters()
                .add(GuardFilter.of(guard));

        java.net.http.HttpResponse<String> first = send("GET");
        assertThat(first.body()).isEqualTo("one");
        assertThat(first.headers().firstValue("X-RateLimit-Remaining")).contains("0");
        assertThat(first.headers().allValues("X-Request-ID")).hasSize(1);
        assertThat(send("GET").statusCode()).isEqualTo(429);
    }

    private static HttpResponse text(String text) {
        return HttpResponse.of(200, "text/plain", text.getBytes(UTF_8));
    }

    private void serve(int status, Flow.Publisher<ByteBuffer> stream) {
        serve(request -> CompletableFuture.completedStage(HttpResponse.streaming(status, "text/plain", stream)));
    }

    private void serve(HttpEndpoint endpoint) {
        server.createContext("/", EndpointHandler.of(endpoint));
    }

    private java.net.http.HttpResponse<String> post(String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return http.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(20))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private java.net.http.HttpResponse<String> send(String method) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return http.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(20))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    /** Emits two texts as they are requested, and then ends, with a failure if there is one. */
    private static Flow.Publisher<ByteBuffer> emitting(String first, String second, Throwable failure) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int emitted;

            @Override
            public void request(long n) {
                emitted++;
                if (emitted <= 2) {
                    subscriber.onNext(ByteBuffer.wrap((emitted == 1 ? first : second).getBytes(UTF_8)));
                } else if (failure != null) {
                    subscriber.onError(failure);
                } else {
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {}
        });
    }
}
