package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tollgate.auth.redis.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that give up and try again while the store of refresh tokens stalls: none of them loses its session. */
class RefreshStallTest {
    private static final int CLIENTS = 24;
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int THREE_SECONDS = 6;

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final JsonMapper json = new JsonMapper();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void losesNoSessionWhileRedisStalls() throws Exception {
        try (RedisServer redis = RedisServer.start(folder);
                Deployment gateway = gateway(redis).start()) {
            survivesAStall(redis, THREE_SECONDS, gateway);
        }
    }

    @Test
    void losesNoSessionOfClientsThatTryAgainAtAnotherGateway() throws Exception {
        try (RedisServer redis = RedisServer.start(folder);
                Deployment one = gateway(redis).start();
                Deployment other = gateway(redis).start()) {
            survivesAStall(redis, THREE_SECONDS, one, other);
        }
    }

    @Test
    void losesNoSessionInAStallThatIsLongerThanTheGrace() throws Exception {
        try (RedisServer redis = RedisServer.start(folder);
                Deployment gateway =
                        gateway(redis).with("JWT_REFRESH_TOKEN_GRACE", "3s").start()) {
            survivesAStall(redis, 2 * THREE_SECONDS, gateway);
        }
    }

    private void survivesAStall(RedisServer redis, int timeouts, Deployment... gateways) throws Exception {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            sessions.add(new Session(register(gateways[0], "client-" + i), gateways));
        }

        redis.suspend();
        List<CompletableFuture<Void>> refreshes = new ArrayList<>();
        try {
            for (Session session : sessions) {
                refreshes.add(CompletableFuture.runAsync(session::refreshUntilAnswered, threads));
            }
            Awaitility.await("all clients have given up " + timeouts + " times")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> sessions.stream().allMatch(session -> session.timeouts.get() >= timeouts));
        } finally {
            redis.resume();
        }
        refreshes.forEach(CompletableFuture::join);
        sessions.forEach(Session::refreshUntilAnswered);
        sessions.forEach(Session::refreshUntilAnswered);

        assertThat(sessions).filteredOn(session -> session.lost).isEmpty();
    }

    private static Deployment.Builder gateway(RedisServer redis) {
        return Deployment.builder()
                .gatewayIssues()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(redis.port()))
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000");
    }

    private static String register(Deployment gateway, String name) {
        Answer registered = gateway.client()
                .post(
                        "/api/v1/users/register",
                        "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                                + "\",\"password\":\"correct horse\"}");
        assertThat(registered.status()).isEqualTo(201);
        return registered.json().path("refreshToken").asText();
    }

    /** A client that keeps one token until it has the successor. */
    private final class Session {
        private final Deployment[] gateways;
        private final AtomicInteger timeouts = new AtomicInteger();
        private volatile String token;
        private volatile boolean lost;
        private int attempts;

        Session(String token, Deployment[] gateways) {
            this.token = token;
            this.gateways = gateways;
        }

        void refreshUntilAnswered() {
            for (int attempt = 0; attempt < 200 && !lost; attempt++) {
                try {
                    HttpResponse<String> response = http.send(request(), BodyHandlers.ofString());
                    if (response.statusCode() == 200) {
                        JsonNode pair = json.readTree(response.body());
                        token = pair.path("refreshToken").asText();
                        return;
                    }
                    lost = response.statusCode() == 401;
                } catch (HttpTimeoutException e) {
                    timeouts.incrementAndGet();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
            lost = true;
        }

        private HttpRequest request() {
            Deployment gateway = gateways[attempts++ % gateways.length];
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/api/v1/users/refresh"))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"refreshToken\":\"" + token + "\"}"))
                    .build();
        }

        @Override
        public String toString() {
            return "session after " + attempts + " attempts and " + timeouts + " timeouts";
        }
    }
}
