package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Two gateways that share a Redis and nothing else. */
class NamespaceTest {
    @TempDir
    private Path folder;

    @Test
    void everyKeyOfTheGatewayBeginsWithItsNamespace() throws Exception {
        try (RedisServer redis = RedisServer.start(folder);
                Deployment shop = gateway(redis, "shop").start();
                Deployment bar = gateway(redis, "bar").start();
                Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            Answer registered = register(shop.client());
            register(bar.client());

            Set<String> keys = jedis.keys("*");

            assertThat(keys)
                    .contains("shop:token_bucket:{default:ip:127.0.0.1}", "bar:token_bucket:{default:ip:127.0.0.1}");
            assertThat(keys).anyMatch(key -> key.startsWith("shop:refresh_token:{"));
            assertThat(keys).allMatch(key -> key.startsWith("shop:") || key.startsWith("bar:"));
            assertThat(refresh(bar, registered).status())
                    .as("a refresh token of the other namespace")
                    .isEqualTo(401);
            assertThat(refresh(shop, registered).status()).isEqualTo(200);
        }
    }

    private static Answer refresh(Deployment at, Answer registered) {
        return at.client()
                .post(
                        "/api/v1/users/refresh",
                        "{\"refreshToken\":\""
                                + registered.json().path("refreshToken").textValue() + "\"}");
    }

    private static Answer register(Client client) {
        Answer answer = client.post(
                "/api/v1/users/register",
                "{\"email\":\"ann@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}");
        assertThat(answer.status()).isEqualTo(201);
        return answer;
    }

    private static Deployment.Builder gateway(RedisServer redis, String namespace) {
        return Deployment.builder()
                .gatewayIssues()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(redis.port()))
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.001")
                .with("REDIS_NAMESPACE", namespace);
    }
}
