package io.tollgate.auth.redis;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

class ClusterNamespacesTest extends NamespacesContract {
    @TempDir
    static Path folder;

    private static RedisServer server;
    private static RedisClusterClient client;

    @BeforeAll
    static void startCluster() {
        server = RedisServer.startCluster(folder);
        client = RedisClusterClient.create(Set.of(new HostAndPort("127.0.0.1", server.port())));
    }

    @AfterAll
    static void stopCluster() {
        client.close();
        server.close();
    }

    @Override
    UnifiedJedis client() {
        return client;
    }

    @Override
    int port() {
        return server.port();
    }
}
