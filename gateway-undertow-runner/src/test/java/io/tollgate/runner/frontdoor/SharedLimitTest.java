package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Two gateways and one Redis: one user has one limit. */
class SharedLimitTest {
    @TempDir
    static Path folder;

    private static RedisServer redis;
    private static Deployment one;
    private static Deployment other;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisServer.start(folder);
        one = gateway();
        other = gateway();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void aUserHasOneLimitAtAllGatewaysTogether() {
        String ann = Deployment.mint("ann");
        List<String> left = new ArrayList<>();
        for (Deployment gateway : List.of(one, other, other, one)) {
            left.add(buy(gateway, ann).header("X-RateLimit-Remaining"));
        }

        assertThat(left)
                .as("the whole limit, whatever rate_limit.replicas says")
                .containsExactly("3", "2", "1", "0");
        assertThat(buy(one, ann).status()).isEqualTo(429);
        assertThat(buy(other, ann).status()).isEqualTo(429);
        assertThat(buy(other, Deployment.mint("bob")).status()).isEqualTo(200);
    }

    @Test
    void aBucketCanBeReadInRedisAndExpiresWhenItWouldBeFull() {
        assertThat(buy(one, Deployment.mint("cyd")).status()).isEqualTo(200);

        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            String key = "token_bucket:{default:user:cyd}";
            Map<String, String> bucket = jedis.hgetAll(key);

            assertThat(bucket)
                    .containsOnlyKeys("micro_tokens", "updated_us", "remainder", "limit")
                    .containsEntry("micro_tokens", "3000000");
            assertThat(bucket.values()).allSatisfy(value -> assertThat(value).matches("[0-9+/]+"));
            assertThat(jedis.pttl(key)).as("a token at 0.01 a second").isBetween(1L, 101_000L);
        }
    }

    @Test
    void leasesOfAHotKeyAskRedisLessAndAdmitNoMore() throws Exception {
        try (Deployment first = leasing();
                Deployment second = leasing();
                Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            long askedBefore = decisionsOf(jedis);
            int admitted = 0;
            for (int i = 0; i < 150; i++) {
                for (Deployment gateway : List.of(first, second)) {
                    admitted += gateway.client().get("/health").status() == 200 ? 1 : 0;
                }
            }

            assertThat(admitted)
                    .as("of 200 tokens, each gateway may hold back one lease")
                    .isBetween(180, 201);
            assertThat(decisionsOf(jedis) - askedBefore)
                    .as("300 requests, the refused ones asked one by one")
                    .isLessThan(admitted);
        }
    }

    private static Deployment leasing() throws Exception {
        return settings()
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "200")
                .with("RATE_LIMIT_LEASE_ENABLED", "true")
                .with("RATE_LIMIT_LEASE_HOT_PER_SECOND", "1")
                .with("RATE_LIMIT_LEASE_DURATION", "1m")
                .start();
    }

    /** How many decisions the server has made, from its own counters. */
    private static long decisionsOf(Jedis jedis) {
        Matcher m = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(jedis.info("commandstats"));
        return m.find() ? Long.parseLong(m.group(1)) : 0;
    }

    private static Deployment gateway() throws Exception {
        return settings().start();
    }

    private static Deployment.Builder settings() {
        return Deployment.builder()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(redis.port()))
                .with("REDIS_DECISION_DEADLINE", "20s")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "4")
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                .with("RATE_LIMIT_REPLICAS", "2");
    }

    private static Answer buy(Deployment gateway, String token) {
        return gateway.client()
                .send(
                        "POST",
                        "/api/v1/tickets/rock-2026/purchase",
                        BodyPublishers.noBody(),
                        "Authorization",
                        "Bearer " + token);
    }
}
