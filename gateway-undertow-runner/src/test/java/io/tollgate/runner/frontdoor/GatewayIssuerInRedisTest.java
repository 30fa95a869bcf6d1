package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The gateway issues tokens and keeps families, and revocations, in Redis. */
class GatewayIssuerInRedisTest extends GatewayIssuerContract {
    @TempDir
    static Path folder;

    private static RedisServer redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    Deployment.Builder gateway() {
        return gateway(redis);
    }

    private static Deployment.Builder gateway(RedisServer server) {
        return Deployment.builder()
                .gatewayIssues()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(server.port()));
    }

    @Test
    void sharesFamiliesAndRevocationsWithOtherGateways() throws Exception {
        try (Deployment other = gateway().with("JWT_REVOCATION", "true").start()) {
            Answer registered = register("ian");
            Answer refreshed = other.client()
                    .post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refreshToken(registered) + "\"}");
            assertThat(refreshed.status()).isEqualTo(200);
            assertThat(buy(other, access(refreshed)).status()).isEqualTo(200);

            Answer out = client.post(
                    "/api/v1/users/logout",
                    "{\"refreshToken\":\"" + refreshToken(refreshed) + "\"}",
                    "Authorization",
                    "Bearer " + access(refreshed));

            assertThat(out.status()).isEqualTo(204);
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(buy(other, access(refreshed)).status()).isEqualTo(401));
            assertThat(other.client()
                            .post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refreshToken(refreshed) + "\"}")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void sharesNothingWithAGatewayOfAnotherNamespace() throws Exception {
        try (Deployment shop = gateway()
                        .with("JWT_REVOCATION", "true")
                        .with("REDIS_NAMESPACE", "shop")
                        .start();
                Jedis keys = new Jedis("127.0.0.1", redis.port())) {
            client = shop.client();
            Answer registered = register("kim");
            assertThat(client.post(
                                    "/api/v1/users/logout",
                                    "{\"refreshToken\":\"" + refreshToken(register("lea")) + "\"}",
                                    "Authorization",
                                    "Bearer " + access(registered))
                            .status())
                    .isEqualTo(204);

            assertThat(keys.keys("shop:refresh_token*")).isNotEmpty();
            assertThat(keys.keys("shop:{revoked_tokens}*")).isNotEmpty();
            try (Deployment unnamed = gateway().start()) {
                assertThat(unnamed.client()
                                .post(
                                        "/api/v1/users/refresh",
                                        "{\"refreshToken\":\"" + refreshToken(registered) + "\"}")
                                .status())
                        .isEqualTo(401);
            }
            assertThat(refresh(refreshToken(registered)).status()).isEqualTo(200);
        }
    }

    @Test
    void answers503WhileItsStoreIsAway(@TempDir Path ownFolder) throws Exception {
        RedisServer ownRedis = RedisServer.start(ownFolder);
        try (Deployment lonely = gateway(ownRedis).start()) {
            client = lonely.client();
            String token = refreshToken(register("joe"));
            ownRedis.close();

            Answer answer = refresh(token);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("SERVICE_UNAVAILABLE");
            assertThat(answer.body()).doesNotContain(token);
        } finally {
            ownRedis.close();
        }
    }

    private static Answer buy(Deployment gateway, String token) {
        return gateway.client().post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + token);
    }
}
