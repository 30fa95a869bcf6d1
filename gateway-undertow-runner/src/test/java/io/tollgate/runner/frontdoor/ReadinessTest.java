package io.tollgate.runner.frontdoor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.auth.redis.RedisServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/** What {@code /health/ready} says while things come and go. */
class ReadinessTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void isDegradedWhileRedisIsAwayAndSaysSinceWhen() throws Exception {
        try (RedisServer redis = RedisServer.start(folder);
                ScriptedUpstream upstream = new ScriptedUpstream();
                Deployment gateway = Deployment.builder()
                        .upstream(upstream)
                        .with("REDIS_ENABLED", "true")
                        .with("REDIS_HOST", "127.0.0.1")
                        .with("REDIS_PORT", Integer.toString(redis.port()))
                        .start()) {
            await(gateway, "ok", "rate-limiter", "ok", "redis", "ok");
            Instant before = Instant.now();

            redis.kill();
            await(gateway, "degraded", "rate-limiter", "degraded", "redis", "degraded");
            JsonNode limiter = component(gateway.admin().get("/health/ready"), "rate-limiter");
            assertThat(Instant.parse(limiter.path("since").asText())).isAfter(before);
            assertThat(limiter.path("mode").asText()).isIn("fallback", "probing");

            redis.launch();
            await(gateway, "ok", "rate-limiter", "ok", "redis", "ok");
            assertThat(component(gateway.admin().get("/health/ready"), "rate-limiter")
                            .path("mode")
                            .asText())
                    .isEqualTo("shared");
        }
    }

    @Test
    void saysTheTrueCauseOfTroubleWithRedisAndNeverItsPassword() throws Exception {
        String password = "hunter2-of-redis";
        try (RedisServer redis = RedisServer.start(folder);
                Jedis jedis = new Jedis("127.0.0.1", redis.port());
                ScriptedUpstream upstream = new ScriptedUpstream();
                Deployment gateway = Deployment.builder()
                        .upstream(upstream)
                        .with("REDIS_ENABLED", "true")
                        .with("REDIS_HOST", "127.0.0.1")
                        .with("REDIS_PORT", Integer.toString(redis.port()))
                        .with("REDIS_PASSWORD", password)
                        .start()) {
            // The default user has no password yet, so it is an error to send one; its text is that of Redis.
            awaitRedis(gateway, "degraded", "no connection: ");
            jedis.configSet("requirepass", password);
            jedis.auth(password);
            awaitRedis(gateway, "ok", "connected");

            jedis.replicaof("127.0.0.1", 1);
            awaitRedis(gateway, "degraded", "READONLY You can't write against a read only replica");
            jedis.replicaofNoOne();
            awaitRedis(gateway, "ok", "connected");

            jedis.configSet("maxmemory", "1");
            awaitRedis(gateway, "degraded", "connected, but not deciding: OOM command not allowed");
            jedis.configSet("maxmemory", "0");
            awaitRedis(gateway, "ok", "connected");

            jedis.configSet("requirepass", "another");
            jedis.auth("another");
            jedis.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
            awaitRedis(gateway, "degraded", "no connection: WRONGPASS");
            assertThat(gateway.admin().get("/health/ready").body()).doesNotContain(password);
        }
    }

    private static void awaitRedis(Deployment gateway, String status, String detail) {
        Awaitility.await().atMost(WITHIN).untilAsserted(() -> {
            assertThat(gateway.client().get("/health").status()).isEqualTo(200);
            JsonNode redis = component(gateway.admin().get("/health/ready"), "redis");
            assertThat(redis.path("detail").asText()).contains(detail);
            assertThat(redis.path("status").asText()).isEqualTo(status);
        });
    }

    @Test
    void isDownWhenEveryServiceIsAwayWithoutARequestThatWouldTell() throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream();
        try (Deployment gateway = Deployment.builder().upstream(upstream).start()) {
            awaitStatus(gateway, 200, "ok");

            upstream.close();

            awaitStatus(gateway, 503, "down");
            assertThat(component(gateway.admin().get("/health/ready"), "order-service")
                            .path("detail")
                            .asText())
                    .startsWith("cannot be reached");
            assertThat(gateway.admin().get("/health/live").status()).isEqualTo(200);
        } finally {
            upstream.close();
        }
    }

    @Test
    void isDownWhenNoKeyCanVerifyTokens() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                Deployment gateway = Deployment.builder()
                        .upstream(upstream)
                        .without("JWT_SECRET_KEY")
                        .with("JWT_JWKS_URL", "http://127.0.0.1:1/keys")
                        .start()) {
            awaitStatus(gateway, 503, "down");

            assertThat(component(gateway.admin().get("/health/ready"), "keys")
                            .path("detail")
                            .asText())
                    .contains("jwt.jwks_url");
        }
    }

    @Test
    void isDownWhileWhatHasBegunIsAnsweredAndThenGone() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            upstream.purchase = (request, answer) -> reached.countDown();
            Deployment gateway = Deployment.builder()
                    .upstream(upstream)
                    .with("SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "30s")
                    .with("SERVICES_ORDER_SERVICE_DEADLINE", "3s")
                    .start();
            int publicPort = gateway.port();
            int adminPort = gateway.adminPort();
            Client admin = gateway.admin();
            CompletableFuture<Answer> purchase = gateway.client()
                    .sendAsync(
                            "POST",
                            "/api/v1/tickets/rock-2026/purchase",
                            BodyPublishers.noBody(),
                            "Authorization",
                            "Bearer " + gateway.token("ann"));
            reached.await();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close, THREADS);

            Awaitility.await().atMost(WITHIN).untilAsserted(() -> {
                Answer ready = admin.get("/health/ready");
                assertThat(ready.status()).isEqualTo(503);
                assertThat(component(ready, "listener").path("detail").asText()).startsWith("draining");
            });
            GatewayProcess.awaitRefused(publicPort);
            assertThat(admin.get("/health/live").status()).as("the last to go").isEqualTo(200);
            assertThat(purchase.get().status()).isEqualTo(504);
            closing.get();
            GatewayProcess.awaitRefused(adminPort);
        }
    }

    private static void await(Deployment gateway, String overall, String... componentsAndStatuses) {
        Awaitility.await().atMost(WITHIN).untilAsserted(() -> {
            // Only requests ask Redis, and find out.
            assertThat(gateway.client().get("/health").status()).isEqualTo(200);
            Answer ready = gateway.admin().get("/health/ready");
            assertThat(ready.status()).isEqualTo(200);
            for (int i = 0; i < componentsAndStatuses.length; i += 2) {
                assertThat(component(ready, componentsAndStatuses[i])
                                .path("status")
                                .asText())
                        .as(ready.body())
                        .isEqualTo(componentsAndStatuses[i + 1]);
            }
            assertThat(ready.json().path("status").asText()).isEqualTo(overall);
        });
    }

    private static void awaitStatus(Deployment gateway, int status, String overall) {
        Awaitility.await().atMost(WITHIN).untilAsserted(() -> {
            Answer ready = gateway.admin().get("/health/ready");
            assertThat(ready.json().path("status").asText()).as(ready.body()).isEqualTo(overall);
            assertThat(ready.status()).isEqualTo(status);
        });
    }

    static JsonNode component(Answer ready, String name) {
        JsonNode found = null;
        for (JsonNode component : ready.json().path("components")) {
            if (component.path("name").asText().equals(name)) {
                found = component;
            }
        }
        return requireNonNull(found, name);
    }
}
