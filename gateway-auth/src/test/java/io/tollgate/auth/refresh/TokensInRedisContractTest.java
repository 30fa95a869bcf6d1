package io.tollgate.auth.refresh;

import io.tollgate.api.token.TokenService;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TokenServiceContract;
import io.tollgate.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

/** Tokens of a pair of keys, without a grace window, whose families are in a real Redis. */
class TokensInRedisContractTest extends TokenServiceContract {
    @TempDir
    static Path folder;

    private static RedisServer server;
    private static UnifiedJedis client;
    private static RedisRefreshTokenStore store;

    private final VirtualTime time = new VirtualTime(Instant.now());
    private final JwtTokenService tokens = JwtTokenService.builder()
            .keys(KeySource.fixed(TestKeys.of(SignatureAlgorithm.ES256).withKid("current")))
            .refreshTokenStore(store)
            .refreshGrace(Duration.ZERO)
            .time(time)
            .build();

    @BeforeAll
    static void startRedis() {
        server = RedisServer.start(folder);
        client = server.client();
        store = RedisRefreshTokenStore.builder().client(client).build();
    }

    @AfterAll
    static void stopRedis() {
        store.close();
        client.close();
        server.close();
    }

    @Override
    protected TokenService service() {
        return tokens;
    }

    @Override
    protected void expireAccessTokens() {
        time.advance(Duration.ofMinutes(16));
    }
}
