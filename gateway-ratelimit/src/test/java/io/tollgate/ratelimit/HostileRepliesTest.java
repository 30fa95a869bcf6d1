package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Replies that would exhaust the memory or the stack end as a lost connection, and the next one decides. */
class HostileRepliesTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(100));

    static Stream<Arguments> hostileReplies() {
        return Stream.of(
                Arguments.of("a string of 2 GB", "$2000000000\r\nabc"),
                Arguments.of("a string a little too long", "$16385\r\n" + "x".repeat(16_385) + "\r\n"),
                Arguments.of("a string of negative length", "$-2\r\n"),
                Arguments.of("a string of unknown length", "$\r\n"),
                Arguments.of("a string of an absurd length", "$99999999999999999999999\r\n"),
                Arguments.of("an array of a billion", "*1000000000\r\n:1\r\n"),
                Arguments.of("an array of negative length", "*-2\r\n"),
                Arguments.of("nested arrays", "*1\r\n".repeat(100_000) + ":1\r\n"),
                Arguments.of("wide arrays in arrays", "*1000\r\n".repeat(7) + ":1\r\n"),
                Arguments.of("an endless line", "+" + "x".repeat(1_000_000)),
                Arguments.of("an endless error", "-ERR " + "x".repeat(1_000_000)),
                Arguments.of("a line that ends otherwise", "+OK\n+OK\r\n"),
                Arguments.of("a torn line end", "+OK\r\r\n"),
                Arguments.of("an endless number", ":" + "1".repeat(1_000_000) + "\r\n"),
                Arguments.of("no number", ":one\r\n"),
                Arguments.of("a map of RESP3", "%1000000000\r\n"),
                Arguments.of("a verbatim string of RESP3", "=2000000000\r\n"),
                Arguments.of("a set of RESP3", "~1000000000\r\n"),
                Arguments.of("a push of RESP3", ">1000000000\r\n"),
                Arguments.of("another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileReplies")
    void endADecisionAndItsConnectionAndNothingElse(String what, String reply) throws Exception {
        try (ScriptedRedis server = new ScriptedRedis(ScriptedRedis.deciding(reply));
                RedisRateLimiter limiter = limiter(server).build()) {
            assertThat(failure(limiter)).hasMessage("The rate limit could not be checked.");
            server.script(ScriptedRedis.deciding(ScriptedRedis.allowed(41)));
            awaitDecision(limiter);
            assertThat(server.connections()).isGreaterThan(1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileReplies")
    void endAnAttemptToConnect(String what, String reply) throws Exception {
        for (String command : List.of("AUTH", "SCRIPT")) {
            try (ScriptedRedis server =
                            new ScriptedRedis(sent -> sent.get(0).equals(command) ? reply : ScriptedRedis.OK);
                    RedisRateLimiter limiter =
                            limiter(server).password("sesame").build()) {
                assertThat(failure(limiter)).isNotNull();
                server.script(ScriptedRedis.deciding(ScriptedRedis.allowed(41)));
                awaitDecision(limiter);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileReplies")
    void ofASentinelLeaveTheOthersToBeAsked(String what, String reply) throws Exception {
        assertSentinelIsSkipped(reply);
    }

    @ParameterizedTest
    @MethodSource
    void nonsenseOfASentinelLeavesTheOthersToBeAsked(String reply) throws Exception {
        assertSentinelIsSkipped(reply);
    }

    static List<String> nonsenseOfASentinelLeavesTheOthersToBeAsked() {
        return List.of(
                ":1\r\n",
                "+OK\r\n",
                "$-1\r\n",
                "*-1\r\n",
                "*0\r\n",
                "*1\r\n$1\r\na\r\n",
                "*2\r\n$1\r\na\r\n$3\r\none\r\n",
                "*2\r\n$1\r\na\r\n$6\r\n700000\r\n",
                "*2\r\n$-1\r\n$4\r\n6379\r\n",
                "*2\r\n:1\r\n:2\r\n",
                "*2\r\n$0\r\n\r\n$4\r\n6379\r\n",
                "-ERR no\r\n");
    }

    private static void assertSentinelIsSkipped(String reply) throws Exception {
        try (ScriptedRedis master = new ScriptedRedis(ScriptedRedis.deciding(ScriptedRedis.allowed(41)));
                ScriptedRedis hostile =
                        new ScriptedRedis(sent -> "SENTINEL".equals(sent.get(0)) ? reply : ScriptedRedis.OK);
                ScriptedRedis good = new ScriptedRedis(sent -> "SENTINEL".equals(sent.get(0))
                        ? "*2\r\n" + ScriptedRedis.bulk("127.0.0.1") + ScriptedRedis.bulk("" + master.port())
                        : ScriptedRedis.OK);
                RedisRateLimiter limiter = RedisRateLimiter.builder()
                        .sentinel("gate", List.of(hostile.address(), good.address()))
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            awaitDecision(limiter);
            assertThat(hostile.connections()).isPositive();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileReplies")
    void ofAClusterNodeLeaveTheOthersToBeAsked(String what, String reply) {
        assertNodeIsSkipped(reply);
    }

    @ParameterizedTest
    @MethodSource
    void nonsenseOfAClusterNodeLeavesTheOthersToBeAsked(String reply) {
        assertNodeIsSkipped(reply);
    }

    static List<String> nonsenseOfAClusterNodeLeavesTheOthersToBeAsked() {
        String node = "*2\r\n$9\r\n127.0.0.1\r\n:7000\r\n";
        return List.of(
                ":1\r\n",
                "*0\r\n",
                "*-1\r\n",
                "*1\r\n:1\r\n",
                "*1\r\n*2\r\n:0\r\n:1\r\n",
                "*1\r\n*3\r\n$1\r\n0\r\n:16383\r\n" + node,
                "*1\r\n*3\r\n:0\r\n:16384\r\n" + node,
                "*1\r\n*3\r\n:-1\r\n:16383\r\n" + node,
                "*1\r\n*3\r\n:9223372036854775807\r\n:16383\r\n" + node,
                "*1\r\n*3\r\n:5\r\n:4\r\n" + node,
                "*1\r\n*3\r\n:0\r\n:16383\r\n*1\r\n:7000\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n:1\r\n:7000\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:70000\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$3\r\na b\r\n:7000\r\n",
                // Each slot twice; and more masters than a cluster may have.
                "*2\r\n" + ("*3\r\n:0\r\n:16383\r\n" + node).repeat(2),
                manyMasters(1_001));
    }

    private static String manyMasters(int count) {
        StringBuilder reply = new StringBuilder("*" + count + "\r\n");
        for (int i = 0; i < count; i++) {
            reply.append("*3\r\n:" + i + "\r\n:" + i + "\r\n*2\r\n$9\r\n127.0.0.1\r\n:" + (10_000 + i) + "\r\n");
        }
        return reply.toString();
    }

    private static void assertNodeIsSkipped(String reply) {
        try (ScriptedRedis hostile =
                        new ScriptedRedis(sent -> "CLUSTER".equals(sent.get(0)) ? reply : ScriptedRedis.OK);
                RedisProcess single = RedisProcess.start("--cluster-enabled", "yes");
                Jedis jedis = single.client()) {
            jedis.sendCommand(Command.CLUSTER, "ADDSLOTS", "0");
            try (RedisRateLimiter cluster = RedisRateLimiter.builder()
                    .cluster(List.of(hostile.address(), single.address()))
                    .build()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> cluster.stats().up());
                assertThat(hostile.connections()).isPositive();
            }
        }
    }

    @Test
    void redirectionsToNowhereFailADecisionAndOpenNoThreadForEach() throws Exception {
        int before = Thread.activeCount();
        try (ScriptedRedis server =
                        new ScriptedRedis(command -> "CLUSTER".equals(command.get(0)) ? "*0\r\n" : ScriptedRedis.OK);
                RedisRateLimiter cluster = RedisRateLimiter.builder()
                        .cluster(List.of(server.address()))
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            for (String target :
                    List.of("16384 127.0.0.1:1", "-1 127.0.0.1:1", "x 127.0.0.1:1", "1", "1 :6379", "1 h:0")) {
                server.script(ScriptedRedis.deciding("-MOVED " + target + "\r\n"));
                assertThat(failure(cluster)).as(target).isNotNull();
            }
            AtomicInteger port = new AtomicInteger(20_000);
            server.script(command -> "EVALSHA".equals(command.get(0))
                    ? "-MOVED " + port.get() % 16_384 + " 127.0.0.1:" + port.getAndIncrement() + "\r\n"
                    : ScriptedRedis.OK);
            for (int i = 0; i < 200; i++) {
                assertThat(failure(cluster)).isNotNull();
            }
            assertThat(Thread.activeCount() - before).isLessThan(100);
            server.script(ScriptedRedis.deciding(ScriptedRedis.allowed(41)));
            awaitDecision(cluster);
        }
    }

    private static RedisRateLimiter.Builder limiter(ScriptedRedis server) {
        return RedisRateLimiter.builder().standalone("127.0.0.1", server.port()).deadline(Duration.ofSeconds(20));
    }

    /** Returns the failure of a decision, in whose causes no error of the JVM may be. */
    private static GatewayException failure(RedisRateLimiter limiter) throws Exception {
        CompletableFuture<RateLimitDecision> decision = limiter.decide(CHECK).toCompletableFuture();
        try {
            throw new AssertionError("decided: " + decision.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                assertThat(cause).isNotInstanceOf(Error.class);
            }
            assertThat(e).cause().isInstanceOf(GatewayException.class);
            return (GatewayException) e.getCause();
        }
    }

    private static void awaitDecision(RedisRateLimiter limiter) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            RateLimitDecision decision =
                    limiter.decide(CHECK).toCompletableFuture().get(1, TimeUnit.SECONDS);
            return decision.remaining() == 41;
        });
    }
}
