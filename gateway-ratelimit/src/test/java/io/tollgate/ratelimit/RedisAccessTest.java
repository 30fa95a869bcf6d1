package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

class RedisAccessTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(10));

    @Test
    void entersAsAnAclUserAndUsesItsDatabase() {
        try (RedisProcess redis = RedisProcess.start(
                        "--user",
                        "gate",
                        "on",
                        ">secret",
                        "~token_bucket:*",
                        "-@all",
                        "+eval",
                        "+evalsha",
                        "+script|load",
                        "+select",
                        "+time",
                        "+hmget",
                        "+hset",
                        "+del",
                        "+pexpireat",
                        "+client|setname");
                RedisRateLimiter limiter = patient(redis)
                        .username("gate")
                        .password("secret")
                        .database(3)
                        .build();
                Jedis jedis = redis.client()) {
            assertThat(ask(limiter).join().remaining()).isEqualTo(9);
            assertThat(jedis.dbSize()).isZero();
            jedis.select(3);
            assertThat(jedis.exists("token_bucket:{p:k}")).isTrue();
            RateLimitDecision second = ask(limiter).join();
            limiter.refund(second)
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            assertThat(ask(limiter).join().remaining()).isEqualTo(8);
        }
    }

    @Test
    void failsWithAWrongPasswordAndWithoutOne() {
        try (RedisProcess redis = RedisProcess.start("--requirepass", "right");
                RedisRateLimiter wrong = patient(redis).password("wrong").build();
                RedisRateLimiter none = patient(redis).build();
                RedisRateLimiter right = patient(redis).password("right").build()) {
            assertThatThrownBy(ask(wrong)::join).hasMessageContaining("The rate limit could not be checked.");
            assertThatThrownBy(ask(none)::join).hasMessageContaining("The rate limit could not be checked.");
            assertThat(ask(right).join().allowed()).isTrue();
        }
    }

    @Test
    void speaksTlsToTheHostItMeans(@TempDir Path directory) throws Exception {
        SSLContext trusting = certify(directory, "dns:localhost");
        int port = RedisProcess.freePort();
        try (RedisProcess redis = RedisProcess.start(
                        "--tls-port", String.valueOf(port),
                        "--tls-cert-file", directory.resolve("cert.pem").toString(),
                        "--tls-key-file", directory.resolve("key.pem").toString(),
                        "--tls-ca-cert-file", directory.resolve("cert.pem").toString(),
                        "--tls-auth-clients", "no");
                RedisRateLimiter right = tls("localhost", port).tls(trusting).build();
                RedisRateLimiter otherHost =
                        tls("127.0.0.1", port).tls(trusting).build();
                RedisRateLimiter untrusting =
                        tls("localhost", port).tls(SSLContext.getDefault()).build()) {
            assertThat(redis.port()).isNotEqualTo(port);
            assertThat(ask(right).join().allowed()).isTrue();
            assertThatThrownBy(ask(otherHost)::join).hasMessageContaining("The rate limit could not be checked.");
            assertThatThrownBy(ask(untrusting)::join).hasMessageContaining("The rate limit could not be checked.");
        }
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> RedisRateLimiter.builder().standalone("host", 0))
                .hasMessage("node: \"host:0\" (expected: host:port)");
        assertThatThrownBy(() -> RedisRateLimiter.builder().cluster(List.of("host")))
                .hasMessage("node: \"host\" (expected: host:port)");
        assertThatThrownBy(() -> RedisRateLimiter.builder().sentinel("m", List.of()))
                .hasMessage("nodes: none (expected: one or more host:port)");
        assertThatThrownBy(() -> RedisRateLimiter.builder().deadline(Duration.ZERO))
                .hasMessage("deadline: PT0S (expected: 1 ms to PT1M)");
        assertThatThrownBy(() -> RedisRateLimiter.builder().maxQueued(0))
                .hasMessage("maxQueued: 0 (expected: 1 or more)");
        for (String name : List.of("", "a:b", "{a}", "x".repeat(65), "\u00e9")) {
            assertThatThrownBy(() -> RedisRateLimiter.builder().namespace(name))
                    .hasMessage("namespace: \"" + name + "\" (expected: [A-Za-z0-9_.-]{1,64})");
        }
        assertThatThrownBy(() -> RedisRateLimiter.builder().database(-1))
                .hasMessage("database: -1 (expected: 0 or more)");
        assertThatThrownBy(() -> RedisRateLimiter.builder()
                        .cluster(List.of("host:1"))
                        .database(1)
                        .build())
                .hasMessage("database: 1 (expected: 0, for a cluster)");
    }

    private static RedisRateLimiter.Builder patient(RedisProcess redis) {
        return RedisRateLimiterContractTest.limiter(redis).deadline(Duration.ofSeconds(20));
    }

    private static RedisRateLimiter.Builder tls(String host, int port) {
        return RedisRateLimiter.builder().standalone(host, port).deadline(Duration.ofSeconds(20));
    }

    private static CompletableFuture<RateLimitDecision> ask(RedisRateLimiter limiter) {
        return limiter.decide(CHECK).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS);
    }

    /** Leaves a key and its certificate in the directory, and answers a context that trusts it. */
    private static SSLContext certify(Path directory, String subject) throws Exception {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=redis",
                        "-ext",
                        "san=" + subject,
                        "-validity",
                        "2",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        Key key = store.getKey("redis", "changeit".toCharArray());
        Certificate certificate = store.getCertificate("redis");
        pem(directory.resolve("key.pem"), "PRIVATE KEY", key.getEncoded());
        pem(directory.resolve("cert.pem"), "CERTIFICATE", certificate.getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("redis", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static void pem(Path file, String what, byte[] encoded) throws Exception {
        try (OutputStream out = Files.newOutputStream(file)) {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
            out.write(("-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n").getBytes(US_ASCII));
        }
    }
}
