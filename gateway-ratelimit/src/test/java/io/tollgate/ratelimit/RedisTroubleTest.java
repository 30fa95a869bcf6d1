package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** The cause of any trouble with Redis is in the statistics and, once, in the log; never with the password. */
class RedisTroubleTest {
    private static final String PASSWORD = "hunter2-of-redis";

    @Test
    void namesAMissingAndAWrongPassword() {
        try (Logged logged = new Logged();
                RedisProcess redis = RedisProcess.start("--requirepass", PASSWORD);
                RedisRateLimiter none = of(redis).build();
                RedisRateLimiter wrong = of(redis).password("wrong-" + PASSWORD).build();
                RedisRateLimiter right = of(redis).password(PASSWORD).build()) {
            awaitTrouble(none, "NOAUTH Authentication required.");
            awaitTrouble(wrong, "WRONGPASS invalid username-password pair");
            awaitNone(right);
            assertThat(logged.warnings("Redis " + redis.address(), "NOAUTH")).hasSize(1);
            assertThat(logged.warnings("Redis " + redis.address(), "WRONGPASS")).hasSize(1);
            assertThat(logged.lines(PASSWORD)).isEmpty();
        }
    }

    @Test
    void namesAMissingPermission() {
        try (Logged logged = new Logged();
                RedisProcess redis = RedisProcess.start(
                        "--user",
                        "gate",
                        "on",
                        ">" + PASSWORD,
                        "~token_bucket:*",
                        "-@all",
                        "+script|load",
                        "+client|setname");
                RedisRateLimiter limiter =
                        of(redis).username("gate").password(PASSWORD).build()) {
            awaitTrouble(limiter, "NOPERM");
            assertThat(logged.warnings(redis.address(), "does not decide: NOPERM"))
                    .hasSize(1);
        }
    }

    @Test
    void namesAReplicaAndForgetsItWhenItIsAMaster() {
        try (Logged logged = new Logged();
                RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter = of(redis).build();
                Jedis jedis = redis.client()) {
            awaitNone(limiter);
            jedis.replicaof("127.0.0.1", 1);
            awaitTrouble(limiter, "READONLY");
            jedis.replicaofNoOne();
            awaitNone(limiter);
            assertThat(logged.warnings(redis.address(), "does not decide: READONLY"))
                    .hasSize(1);
            assertThat(logged.lines(redis.address(), "is available again")).hasSize(1);
        }
    }

    @Test
    void namesFullMemoryAndMissingReplicas() {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter = of(redis).build();
                Jedis jedis = redis.client()) {
            jedis.configSet("maxmemory", "1");
            awaitTrouble(limiter, "OOM command not allowed");
            jedis.configSet("maxmemory", "0");
            awaitNone(limiter);
            jedis.configSet("min-replicas-to-write", "1");
            awaitTrouble(limiter, "NOREPLICAS Not enough good replicas to write");
            jedis.configSet("min-replicas-to-write", "0");
            awaitNone(limiter);
        }
    }

    @Test
    void namesARedisThatIsNotThereAndOneThatWasKilled() {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter = of(redis).build()) {
            awaitNone(limiter);
            redis.kill();
            awaitTrouble(limiter, "cannot connect to " + redis.address() + ": Connection refused");
            redis.launchAgain();
            awaitNone(limiter);
        }
    }

    @Test
    void namesAFailureOfTls() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter =
                        of(redis).tls(SSLContext.getDefault()).build()) {
            awaitTrouble(limiter, "TLS handshake with " + redis.address() + " failed: ");
        }
    }

    @Test
    void namesWhatIsWrongWithACluster() {
        try (Logged logged = new Logged();
                RedisProcess redis = RedisProcess.start("--requirepass", PASSWORD, "--cluster-enabled", "yes");
                RedisProcess single = RedisProcess.start();
                RedisRateLimiter none = RedisRateLimiter.builder()
                        .cluster(List.of(redis.address()))
                        .build();
                RedisRateLimiter noCluster = RedisRateLimiter.builder()
                        .cluster(List.of(single.address()))
                        .build()) {
            awaitTrouble(none, "NOAUTH Authentication required.");
            awaitTrouble(noCluster, "cluster support disabled");
            assertThat(logged.warnings("Redis cluster is lost", redis.address(), "NOAUTH"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LOADING Redis is loading the dataset in memory|LOADING Redis is loading the dataset in memory",
                "MISCONF Redis is configured to save RDB snapshots, but|MISCONF Redis is configured to save RDB snapshots, but",
                "MASTERDOWN Link with MASTER is down|MASTERDOWN Link with MASTER is down",
                "CLUSTERDOWN Hash slot not served|CLUSTERDOWN Hash slot not served",
                "BUSY Redis is busy running a script.|BUSY Redis is busy running a script.",
                "ERR Error running script (call to f_0): @user_script:36: -MISCONF Errors writing to the AOF file|MISCONF Errors writing to the AOF file",
            })
    void namesAnErrorOfEveryDecision(String error, String trouble) {
        AtomicBoolean well = new AtomicBoolean();
        try (Logged logged = new Logged();
                ScriptedRedis server = new ScriptedRedis(command -> !"EVALSHA".equals(command.get(0))
                        ? ScriptedRedis.OK
                        : well.get() ? ScriptedRedis.allowed(41) : "-" + error + "\r\n");
                RedisRateLimiter limiter = RedisRateLimiter.builder()
                        .standalone("127.0.0.1", server.port())
                        .build()) {
            for (int i = 0; i < 20; i++) {
                awaitTrouble(limiter, trouble);
            }
            assertThat(logged.warnings(server.address(), trouble)).hasSize(1);
            well.set(true);
            awaitNone(limiter);
        }
    }

    @Test
    void neverRepeatsThePassword() {
        String unknown = "-ERR unknown command `AUTH`, with args beginning with: `" + PASSWORD + "`, \r\n";
        String lines = "-ERR one\u001b[31m " + "x".repeat(2_000) + "\r\n";
        try (Logged logged = new Logged();
                ScriptedRedis server = new ScriptedRedis(command -> unknown);
                ScriptedRedis later = new ScriptedRedis(ScriptedRedis.deciding("-NOPERM " + PASSWORD + "\r\n"));
                ScriptedRedis long1 = new ScriptedRedis(command -> lines);
                RedisRateLimiter one = of(server).password(PASSWORD).build();
                RedisRateLimiter two = of(later).password(PASSWORD).build();
                RedisRateLimiter three = of(long1).password(PASSWORD).build()) {
            awaitTrouble(one, "an error (its text is withheld because it repeats the password)");
            awaitTrouble(two, "NOPERM (its text is withheld because it repeats the password)");
            awaitTrouble(three, "ERR one [31m xxx");
            assertThat(three.stats().trouble().orElseThrow())
                    .hasSizeLessThan(310)
                    .matches("[ -~]+");
            for (RedisRateLimiter each : List.of(one, two, three)) {
                FallbackRateLimiter fallback = FallbackRateLimiter.builder(each).build();
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                    decide(fallback);
                    return fallback.state() != FallbackRateLimiter.State.SHARED;
                });
            }
            assertThat(logged.lines(PASSWORD)).isEmpty();
            assertThat(logged.warnings("without the shared store", "text is withheld"))
                    .hasSize(2);
            assertThat(logged.warnings("without the shared store", "ERR one [31m xxx"))
                    .hasSize(1);
        }
    }

    private static RedisRateLimiter.Builder of(RedisProcess redis) {
        return RedisRateLimiterContractTest.limiter(redis);
    }

    private static RedisRateLimiter.Builder of(ScriptedRedis server) {
        return RedisRateLimiter.builder().standalone("127.0.0.1", server.port());
    }

    private static void awaitTrouble(RedisRateLimiter limiter, String text) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            decide(limiter);
            assertThat(limiter.stats().trouble().orElse("none")).contains(text);
        });
    }

    private static void awaitNone(RedisRateLimiter limiter) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            decide(limiter);
            assertThat(limiter.stats().trouble()).isEmpty();
            assertThat(limiter.stats().up()).isTrue();
        });
    }

    private static void decide(RateLimiter limiter) throws Exception {
        limiter.decide(RateLimitCheck.of("p", "k", RateLimit.perDay(1_000_000)))
                .handle((decision, failure) -> decision)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }
}
