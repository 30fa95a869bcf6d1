package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.auth.redis.RedisServer;
import io.tollgate.grpc.order.PurchaseResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Secrets in files of their own, which operators exchange while the gateway runs. */
class SecretFilesTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String BUCKET = "token_bucket:{default:user:ann}";
    private static final String FIRST = "the-first-password";
    private static final String SECOND = "the-second-password";

    @TempDir
    Path folder;

    @Test
    void newConnectionsToRedisHaveThePasswordOfAFileThatWasReplaced(@TempDir Path of) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), FIRST + "\n");
        try (RedisServer server = RedisServer.start(of, user(FIRST));
                Deployment gateway = redis(file)
                        .with("REDIS_HOST", "127.0.0.1")
                        .with("REDIS_PORT", "" + server.port())
                        .start()) {
            String refresh = assertUsesRedis(gateway, server, null);

            replace(file, SECOND + "\n");
            exchangePassword(server);

            assertUsesRedis(gateway, server, refresh);
        }
    }

    @Test
    void aClustersConnectionsHaveThePasswordOfAFileThatWasWrittenInPlace(@TempDir Path of) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), FIRST);
        try (RedisServer server = RedisServer.startCluster(of)) {
            try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
                jedis.aclSetUser("gate", "on", ">" + FIRST, "~*", "&*", "+@all");
            }
            try (Deployment gateway = redis(file)
                    .with("REDIS_MODE", "cluster")
                    .with("REDIS_NODES", "127.0.0.1:" + server.port())
                    .start()) {
                String refresh = assertUsesRedis(gateway, server, null);

                Files.writeString(file, SECOND);
                exchangePassword(server);

                assertUsesRedis(gateway, server, refresh);
            }
        }
    }

    @Test
    void connectionsToAMasterOfSentinelsHaveThePasswordThatALinkPointsTo(@TempDir Path one, @TempDir Path two)
            throws Exception {
        Path file = folder.resolve("password");
        link(file, "..1", FIRST);
        try (RedisServer master = RedisServer.start(one, user(FIRST));
                RedisServer sentinel =
                        RedisServer.startSentinel(two, "sentinel monitor gate 127.0.0.1 " + master.port() + " 1");
                Deployment gateway = redis(file)
                        .with("REDIS_MODE", "sentinel")
                        .with("REDIS_SENTINEL_MASTER", "gate")
                        .with("REDIS_NODES", "127.0.0.1:" + sentinel.port())
                        .start()) {
            String refresh = assertUsesRedis(gateway, master, null);

            link(file, "..2", SECOND);
            exchangePassword(master);

            assertUsesRedis(gateway, master, refresh);
        }
    }

    @Test
    void theTokenOfOperatorsIsThatOfItsFile() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "the-first-token-of-operators");
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            Map<String, String> environment = new HashMap<>(Deployment.environment(upstream));
            environment.put("SERVER_ADMIN_TOKEN_FILE", file.toString());
            try (GatewayProcess gateway = GatewayProcess.start(environment)) {
                Operator operator = new Operator(gateway.awaitAdminPort());
                assertThat(status(operator, "the-first-token-of-operators")).isEqualTo(200);
                assertThat(status(operator, "the-other-token-of-operators")).isEqualTo(401);

                replace(file, "the-other-token-of-operators\n");

                await().atMost(WITHIN)
                        .untilAsserted(() -> assertThat(status(operator, "the-other-token-of-operators"))
                                .isEqualTo(200));
                assertThat(status(operator, "the-first-token-of-operators")).isEqualTo(401);

                Files.delete(file);
                await().atMost(WITHIN)
                        .until(() -> gateway.output().contains("no such file; the last valid secret stays in use"));
                assertThat(status(operator, "the-other-token-of-operators")).isEqualTo(200);
                assertThat(gateway.output())
                        .contains("secret file changed and reloaded")
                        .contains("server.admin.token")
                        .doesNotContain("token-of-operators");
            }
        }
    }

    @Test
    void aSecretThatSignsStaysUntilTheNextStartAndTheLogSaysSo() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), Deployment.SECRET + "\n");
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            upstream.purchase = ScriptedUpstream.answering(PurchaseResponse.newBuilder()
                    .setStatus(PurchaseResponse.Status.CONFIRMED)
                    .build());
            Map<String, String> environment = new HashMap<>(Deployment.environment(upstream));
            environment.remove("JWT_SECRET_KEY");
            environment.put("JWT_SECRET_KEY_FILE", file.toString());
            try (GatewayProcess gateway = GatewayProcess.start(environment)) {
                Client client = new Client("http://127.0.0.1:" + gateway.awaitPort());
                assertThat(buy(client).status()).isEqualTo(200);

                replace(file, "another secret of these tests, long enough too");
                await().atMost(WITHIN).until(() -> gateway.output().contains("secret file changed, restart to apply"));

                assertThat(buy(client).status()).isEqualTo(200);
                assertThat(gateway.output()).contains("jwt.secret_key").doesNotContain("of these tests");
            }
        }
    }

    @Test
    void aGatewayWithoutItsSecretDoesNotStart() throws Exception {
        Path none = folder.resolve("none");
        try (GatewayProcess gateway = GatewayProcess.start(Map.of("JWT_SECRET_KEY_FILE", none.toString()))) {
            assertThat(gateway.awaitExit()).isEqualTo(2);
            assertThat(gateway.output())
                    .isEqualTo("tollgate: the configuration has a problem:\n  variable JWT_SECRET_KEY_FILE:"
                            + " jwt.secret_key: " + none + ": no such file\n");
        }
    }

    /** Buckets, refresh tokens and revocations all are in Redis, each on connections of its own; returns a refresh token. */
    private static String assertUsesRedis(Deployment gateway, RedisServer server, String refresh) {
        await().atMost(WITHIN).untilAsserted(() -> {
            try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
                jedis.del(BUCKET);
                assertThat(buy(gateway.client()).status())
                        .as("revocations are read")
                        .isEqualTo(200);
                assertThat(jedis.exists(BUCKET)).as("decided in Redis").isTrue();
            }
        });
        if (refresh == null) {
            Answer registered = gateway.client()
                    .post(
                            "/api/v1/users/register",
                            "{\"email\":\"ann@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}");
            assertThat(registered.status()).as(registered.body()).isEqualTo(201);
            return registered.json().get("refreshToken").asText();
        }
        await().atMost(WITHIN).untilAsserted(() -> {
            Answer refreshed = gateway.client().post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refresh + "\"}");
            assertThat(refreshed.status()).as(refreshed.body()).isEqualTo(200);
        });
        return refresh;
    }

    /** Makes another password the only one, and ends every connection that the one before opened. */
    private static void exchangePassword(RedisServer server) {
        try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
            jedis.aclSetUser("gate", "resetpass", ">" + SECOND);
            assertThat(jedis.clientList()).contains("user=gate");
            jedis.sendCommand(redis.clients.jedis.Protocol.Command.CLIENT, "KILL", "USER", "gate");
        }
    }

    private static String[] user(String password) {
        return new String[] {"--user", "gate", "on", ">" + password, "~*", "&*", "+@all"};
    }

    private static Deployment.Builder redis(Path passwordFile) {
        return Deployment.builder()
                .gatewayIssues()
                .with("JWT_REVOCATION", "true")
                .with("JWT_REFRESH_TOKEN_GRACE", "60s")
                .with("REDIS_ENABLED", "true")
                .with("REDIS_USERNAME", "gate")
                .with("REDIS_PASSWORD_FILE", passwordFile.toString())
                .with("REDIS_DECISION_DEADLINE", "5s")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000")
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01");
    }

    private static Answer buy(Client client) {
        return client.post(
                "/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + Deployment.mint("ann"));
    }

    private static int status(Operator operator, String token) {
        return operator.get("/info", "Authorization", "Bearer " + token).statusCode();
    }

    private static void replace(Path file, String content) throws IOException {
        Path draft = Files.writeString(file.resolveSibling("draft"), content);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Puts a secret where a link to a link points, as Kubernetes does. */
    private static void link(Path file, String version, String content) throws IOException {
        Path data = file.resolveSibling("..data");
        Path next = file.resolveSibling("..next");
        Files.writeString(Files.createDirectory(file.resolveSibling(version)).resolve("password"), content);
        Files.createSymbolicLink(next, Path.of(version));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!Files.exists(file)) {
            Files.createSymbolicLink(file, Path.of("..data", "password"));
        }
    }
}
