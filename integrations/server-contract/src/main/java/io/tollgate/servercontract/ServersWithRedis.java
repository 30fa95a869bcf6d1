package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.RedisRateLimiter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Starts servers, guards and limiters for a test, and closes them after it; keeps one redis-server for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServersWithRedis {
    static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String SECRET = "thirty-two bytes of secret, or more";

    /** Longer than a busy machine takes, so that no decision is of the fallback by accident. */
    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final JwtTokenService tokens =
            JwtTokenService.builder().secret(SECRET).build();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private RedisProcess redis;
    private int tests;
    private TestHandlers handlers;
    private GuardEvents events;

    @BeforeAll
    void startRedis(@TempDir Path folder) throws IOException {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void beginAnew() {
        tests++;
        handlers = new TestHandlers();
        events = new GuardEvents();
    }

    @AfterEach
    void closeAll() throws Exception {
        handlers.release();
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    protected abstract ServerUnderTest start(RequestGuard guard, TestHandlers handlers) throws Exception;

    // Servers and their parts

    RedisProcess redis() {
        return redis;
    }

    TestHandlers handlers() {
        return handlers;
    }

    GuardEvents events() {
        return events;
    }

    /** Starts a server, which the test may close; it is closed once. */
    ServerUnderTest serve(RequestGuard guard) throws Exception {
        return opened(new ClosedOnce(start(guard, handlers)));
    }

    <C extends AutoCloseable> C opened(C closeable) {
        opened.push(closeable);
        return closeable;
    }

    /** Returns a builder of a guard that verifies tokens and records its events. */
    RequestGuard.Builder guard(RateLimiter limiter, RateLimitPolicy... policies) {
        return guardWithoutTokens(limiter, policies)
                .tokens(JwtVerifier.builder().secret(SECRET).build());
    }

    RequestGuard.Builder guardWithoutTokens(RateLimiter limiter, RateLimitPolicy... policies) {
        return RequestGuard.builder().limiter(limiter, List.of(policies)).listener(events);
    }

    /** Waits until that many reservations are settled. */
    void awaitSettlements(int reservations) {
        Awaitility.await("settled reservations")
                .atMost(WITHIN)
                .untilAsserted(() -> assertThat(events.settlements()).hasSizeGreaterThanOrEqualTo(reservations));
    }

    static RateLimitPolicy perHour(int requests) {
        return Policies.standard(RateLimit.perHour(requests));
    }

    /** Returns another limiter of the same buckets in Redis, which are those of this test alone. */
    RateLimiter shared() {
        return shared(PATIENT);
    }

    RateLimiter shared(Duration deadline) {
        RedisRateLimiter limiter = opened(RedisRateLimiter.builder()
                .standalone("127.0.0.1", redis.port())
                .namespace("test-" + tests)
                .deadline(deadline)
                .readTimeout(PATIENT)
                .build());
        return FallbackRateLimiter.builder(limiter).build();
    }

    // Clients

    String bearer(String user) {
        return "Bearer "
                + tokens.issue(Principal.of(user)).toCompletableFuture().join().accessToken();
    }

    /** Returns a token whose signature is wrong. */
    String forged() {
        return bearer("ann") + "x";
    }

    HttpResponse<String> get(ServerUnderTest server, String path, String... headers) throws Exception {
        return send(request(server, path, headers).build());
    }

    HttpResponse<String> getAs(String user, ServerUnderTest server, String path) throws Exception {
        return get(server, path, "Authorization", bearer(user));
    }

    static HttpRequest.Builder request(ServerUnderTest server, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(WITHIN);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, BodyHandlers.ofString());
    }

    HttpClient http() {
        return http;
    }

    static void assertHello(HttpResponse<String> response, String user) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("Hello, " + user);
    }

    static String header(HttpResponse<?> response, String name) {
        assertThat(response.headers().allValues(name))
                .as("values of " + name + " in the response " + response.statusCode())
                .hasSize(1);
        return response.headers().firstValue(name).orElseThrow();
    }
}
