package io.tollgate.auth.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.auth.refresh.RedisRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.revocation.RedisRevokedTokens;
import io.tollgate.auth.revocation.RedisRevokedTokens.WhenStale;
import io.tollgate.auth.testkit.RefreshTokenStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

/** A cluster of one node, which refuses a script whose keys are in different slots as any cluster does. */
class RedisClusterTokensTest extends RefreshTokenStoreContract {
    @TempDir
    static Path folder;

    private static RedisServer server;
    private static UnifiedJedis client;
    private static RedisRefreshTokenStore store;

    @BeforeAll
    static void startCluster() {
        server = RedisServer.startCluster(folder);
        client = server.clusterClient();
        store = RedisRefreshTokenStore.builder().client(client).build();
    }

    @AfterAll
    static void stopCluster() {
        store.close();
        client.close();
        server.close();
    }

    @Override
    protected RefreshTokenStore store() {
        return store;
    }

    @Test
    void sharesRevokedTokens() {
        try (RedisRevokedTokens here = revokedTokens();
                RedisRevokedTokens there = revokedTokens()) {
            here.revoke("a", Instant.now().plusSeconds(900))
                    .toCompletableFuture()
                    .join();

            await().untilAsserted(() -> assertThat(
                            there.isRevoked("a").toCompletableFuture().join())
                    .isTrue());
        }
    }

    private static RedisRevokedTokens revokedTokens() {
        return RedisRevokedTokens.builder()
                .client(client)
                .whenStale(WhenStale.ACCEPT)
                .refreshInterval(Duration.ofMillis(10))
                .build();
    }
}
