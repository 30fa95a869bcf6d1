package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** A gateway beside the one in Go, on one Redis: what docs/migrating-from-the-go-gateway.md says of their keys. */
class GoGatewayKeysTest {
    private static final String TOKENS = "token_bucket:tokens:ip:127.0.0.1";
    private static final String LAST_REFILL = "token_bucket:last_refill:ip:127.0.0.1";

    @TempDir
    static Path folder;

    private static RedisServer redis;
    private static Jedis jedis;
    private static Deployment gateway;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisServer.start(folder);
        jedis = new Jedis("127.0.0.1", redis.port());
        jedis.set(TOKENS, "0");
        jedis.set(LAST_REFILL, "1795393793");
        gateway = Deployment.builder()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(redis.port()))
                .with("REDIS_DECISION_DEADLINE", "20s")
                // A bucket expires when it is full again: not within this test.
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        jedis.close();
        redis.close();
    }

    @Test
    void eachLeavesTheKeysOfTheOtherAlone() {
        assertThat(gateway.client().get("/health").status())
                .as("with a bucket of its own")
                .isEqualTo(200);

        assertThat(jedis.get(TOKENS)).isEqualTo("0");
        assertThat(jedis.get(LAST_REFILL)).isEqualTo("1795393793");
        assertThat(jedis.pttl(TOKENS)).as("never expires").isEqualTo(-1);
    }

    @Test
    void thePatternsOfThePageListTheKeysOfOneEach() throws IOException {
        gateway.client().get("/health");

        assertThat(patterns())
                .containsExactly("token_bucket:{*", "token_bucket:tokens:*", "token_bucket:last_refill:*");
        assertThat(scan("token_bucket:{*")).containsExactly("token_bucket:{default:ip:127.0.0.1}");
        assertThat(scan("token_bucket:tokens:*")).containsExactly(TOKENS);
        assertThat(scan("token_bucket:last_refill:*")).containsExactly(LAST_REFILL);
        assertThat(scan("*rate_limit*")).isEmpty();
    }

    private static List<String> patterns() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "migrating-from-the-go-gateway.md"));
        return Pattern.compile("--pattern '([^']+)'")
                .matcher(page)
                .results()
                .map((MatchResult pattern) -> pattern.group(1))
                .toList();
    }

    private static Set<String> scan(String pattern) {
        Set<String> keys = new HashSet<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> some = jedis.scan(cursor, new ScanParams().match(pattern));
            keys.addAll(some.getResult());
            cursor = some.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return keys;
    }
}
