package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.auth.redis.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Every way in which Redis can be deployed, as an operator configures it. */
class RedisDeploymentsTest {
    private static final String BUCKET = "token_bucket:{default:user:ann}";

    @Test
    void aClusterHoldsBucketsAndRefreshTokens(@TempDir Path folder) throws Exception {
        try (RedisServer node = cluster(folder);
                Deployment gateway = cluster(node).start();
                Jedis jedis = new Jedis("127.0.0.1", node.port())) {
            assertThat(limited(gateway)).isEqualTo("200 4, 200 3");
            assertThat(jedis.exists(BUCKET)).isTrue();

            String refresh = registered(gateway);
            Answer first = refresh(gateway, refresh);
            assertThat(first.status()).isEqualTo(200);
            assertThat(refresh(gateway, refresh).json().get("refreshToken"))
                    .as("within the grace")
                    .isEqualTo(first.json().get("refreshToken"));
        }
    }

    @Test
    void aClusterMayComeAfterTheGateway(@TempDir Path folder) throws Exception {
        try (RedisServer node = cluster(folder)) {
            node.kill();
            try (Deployment gateway = cluster(node).start()) {
                assertThat(limited(gateway)).as("by the fallback").startsWith("200 ");

                node.launch();

                await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
                    try (Jedis jedis = new Jedis("127.0.0.1", node.port())) {
                        buy(gateway);
                        assertThat(jedis.exists(BUCKET)).isTrue();
                    }
                });
                awaitRefresh(gateway);
            }
        }
    }

    @Test
    void sentinelsSayWhereTheMasterIs(@TempDir Path one, @TempDir Path two, @TempDir Path three) throws Exception {
        try (RedisServer master = RedisServer.start(one, "--repl-diskless-sync-delay", "0");
                RedisServer replica = RedisServer.start(
                        two, "--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", "" + master.port());
                RedisServer sentinel = RedisServer.startSentinel(
                        three,
                        "sentinel monitor gate 127.0.0.1 " + master.port() + " 1",
                        "sentinel down-after-milliseconds gate 500",
                        "sentinel failover-timeout gate 5000")) {
            awaitReplica(sentinel);
            try (Deployment gateway = redis().gatewayIssues()
                    .with("REDIS_MODE", "sentinel")
                    .with("REDIS_SENTINEL_MASTER", "gate")
                    .with("REDIS_NODES", "127.0.0.1:" + sentinel.port())
                    .start()) {
                assertThat(limited(gateway)).isEqualTo("200 4, 200 3");
                try (Jedis jedis = new Jedis("127.0.0.1", master.port())) {
                    assertThat(jedis.exists(BUCKET)).isTrue();
                }
                assertThat(refresh(gateway, registered(gateway)).status()).isEqualTo(200);

                master.kill();

                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    try (Jedis jedis = new Jedis("127.0.0.1", replica.port())) {
                        assertThat(jedis.info("replication")).contains("role:master");
                        jedis.del(BUCKET);
                        buy(gateway);
                        assertThat(jedis.exists(BUCKET)).isTrue();
                    }
                });
                awaitRefresh(gateway);
            }
        }
    }

    @Test
    void aUserWithAPasswordEntersADatabase(@TempDir Path folder) throws Exception {
        try (RedisServer server = RedisServer.start(folder, "--user", "gate", "on", ">sesame", "~*", "+@all");
                Jedis jedis = new Jedis("127.0.0.1", server.port());
                Deployment gateway = standalone(server)
                        .gatewayIssues()
                        .with("REDIS_USERNAME", "gate")
                        .with("REDIS_PASSWORD", "sesame")
                        .with("REDIS_DB", "3")
                        .start()) {
            assertThat(limited(gateway)).isEqualTo("200 4, 200 3");
            assertThat(refresh(gateway, registered(gateway)).status()).isEqualTo(200);

            assertThat(jedis.dbSize()).isZero();
            jedis.select(3);
            assertThat(jedis.exists(BUCKET)).isTrue();
            assertThat(jedis.clientList()).contains("user=gate");
        }
    }

    @Test
    void tlsTrustsWhatTheJvmTrusts(@TempDir Path folder) throws Exception {
        certify(folder);
        int tlsPort = freePort();
        try (RedisServer server = RedisServer.start(
                        folder,
                        "--tls-port",
                        "" + tlsPort,
                        "--tls-cert-file",
                        folder.resolve("cert.pem") + "",
                        "--tls-key-file",
                        folder.resolve("key.pem") + "",
                        "--tls-ca-cert-file",
                        folder.resolve("cert.pem") + "",
                        "--tls-auth-clients",
                        "no");
                ScriptedUpstream upstream = new ScriptedUpstream();
                Jedis jedis = new Jedis("127.0.0.1", server.port())) {
            Map<String, String> environment = Deployment.environment(upstream);
            environment.put("REDIS_ENABLED", "true");
            environment.put("REDIS_HOST", "localhost");
            environment.put("REDIS_PORT", "" + tlsPort);
            environment.put("REDIS_TLS", "true");
            environment.put("REDIS_DECISION_DEADLINE", "20s");
            environment.put(
                    "JAVA_TOOL_OPTIONS",
                    "-Djavax.net.ssl.trustStore=" + folder.resolve("keys.p12")
                            + " -Djavax.net.ssl.trustStorePassword=changeit");
            try (GatewayProcess gateway = GatewayProcess.start(environment)) {
                Client client =
                        new Client(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.awaitPort()));

                assertThat(client.get("/health").status()).isEqualTo(200);
                assertThat(jedis.keys("token_bucket:*")).hasSize(1);
            }
        }
    }

    private static Deployment.Builder redis() {
        return Deployment.builder()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_DECISION_DEADLINE", "20s")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "5")
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                .with("RATE_LIMIT_POLICIES", "");
    }

    private static Deployment.Builder standalone(RedisServer server) {
        return redis().with("REDIS_HOST", "127.0.0.1").with("REDIS_PORT", "" + server.port());
    }

    private static Deployment.Builder cluster(RedisServer node) {
        return redis().gatewayIssues().with("REDIS_MODE", "cluster").with("REDIS_NODES", "127.0.0.1:" + node.port());
    }

    private static RedisServer cluster(Path folder) {
        RedisServer server =
                RedisServer.start(folder, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf");
        try (Jedis node = new Jedis("127.0.0.1", server.port())) {
            node.clusterAddSlots(IntStream.range(0, 16_384).toArray());
            await().until(() -> node.clusterInfo().contains("cluster_state:ok"));
        }
        return server;
    }

    private static void awaitReplica(RedisServer sentinel) {
        try (Jedis jedis = new Jedis("127.0.0.1", sentinel.port())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> "1".equals(jedis.sentinelMaster("gate").get("num-slaves")));
        }
    }

    /** Two requests of one user: status and tokens left. */
    private static String limited(Deployment gateway) {
        return told(buy(gateway)) + ", " + told(buy(gateway));
    }

    private static String told(Answer answer) {
        return answer.status() + " " + answer.header("X-RateLimit-Remaining");
    }

    private static Answer buy(Deployment gateway) {
        return gateway.client()
                .post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + Deployment.mint("ann"));
    }

    private static String registered(Deployment gateway) {
        String name = "u" + System.nanoTime();
        Answer answer = gateway.client()
                .post(
                        "/api/v1/users/register",
                        "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                                + "\",\"password\":\"correct horse\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().get("refreshToken").asText();
    }

    private static void awaitRefresh(Deployment gateway) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(refresh(gateway, registered(gateway)).status())
                                .isEqualTo(200));
    }

    private static Answer refresh(Deployment gateway, String token) {
        return gateway.client().post("/api/v1/users/refresh", "{\"refreshToken\":\"" + token + "\"}");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Leaves a certificate of localhost in the folder, its key beside it, and both in a key store that trusts it. */
    private static void certify(Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        keytool(file, "-genkeypair -keyalg EC -groupname secp256r1 -dname CN=redis -ext san=dns:localhost -validity 2");
        keytool(file, "-exportcert -rfc -file " + folder.resolve("cert.pem"));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        byte[] key = store.getKey("redis", "changeit".toCharArray()).getEncoded();
        String pem = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
        Files.writeString(
                folder.resolve("key.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + pem + "\n-----END PRIVATE KEY-----\n",
                US_ASCII);
        // A store trusts what stands in it without a key.
        keytool(file, "-delete");
        keytool(file, "-importcert -noprompt -file " + folder.resolve("cert.pem"));
    }

    private static void keytool(Path store, String arguments) throws Exception {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String common = " -alias redis -storetype PKCS12 -storepass changeit -keystore " + store;
        Process keytool = new ProcessBuilder(List.of((program + " " + arguments + common).split(" ")))
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
    }
}
