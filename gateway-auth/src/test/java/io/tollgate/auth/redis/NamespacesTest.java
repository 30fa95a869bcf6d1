package io.tollgate.auth.redis;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

class NamespacesTest extends NamespacesContract {
    @TempDir
    static Path folder;

    private static RedisServer server;
    private static UnifiedJedis client;

    @BeforeAll
    static void startRedis() {
        server = RedisServer.start(folder);
        client = server.client();
    }

    @AfterAll
    static void stopRedis() {
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
