package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.ratelimit.Refill;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Numbers that no bucket can have never become a decision; the fallback decides, and the log says so, sparingly. */
class AbsurdRepliesTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(100));

    private static final String NOW = "1732312345678901";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1 NOW",
                "1 NOW 5000000 NOW",
                "1 NOW 5000000 NOW 0 0",
                "1 NOW 5000000 NOW 0 ",
                " 1 NOW 5000000 NOW 0",
                "1  NOW 5000000 NOW 0",
                "1 NOW 5000000 NOW 0\n",
                "2 NOW 5000000 NOW 0",
                "-1 NOW 5000000 NOW 0",
                "true NOW 5000000 NOW 0",
                "1 NOW -5000000 NOW 0",
                "1 NOW nan NOW 0",
                "1 NOW -nan NOW 0",
                "1 NOW inf NOW 0",
                "1 NOW 1e300 NOW 0",
                "1 NOW 0x10 NOW 0",
                "1 NOW 5000000.5 NOW 0",
                "1 NOW 100000001 NOW 0",
                "1 NOW 99000001 NOW 0",
                "1 NOW 9223372036854775807 NOW 0",
                "1 NOW -9223372036854775808 NOW 0",
                "1 NOW 99999999999999999999999999 NOW 0",
                "1 NOW 5000000 NOW 864",
                "1 NOW 5000000 NOW -1",
                "1 NOW 5000000 1732312345678902 0",
                "1 99999999999999999999 5000000 NOW 0",
                "1 -1 5000000 0 0",
                "0 NOW 5000000 NOW 0",
                "0 NOW 1000000 NOW 0",
            })
    void areNoDecision(String text) throws Exception {
        assertUnreadable(ScriptedRedis.bulk(text.replace("NOW", NOW)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {":1\r\n", "*1\r\n:1\r\n", "$-1\r\n", "*-1\r\n", "+OK\r\n", "*0\r\n", "*2\r\n-ERR no\r\n:1\r\n"})
    void norAreOtherTypes(String reply) throws Exception {
        assertUnreadable(reply);
    }

    private static void assertUnreadable(String reply) throws Exception {
        try (ScriptedRedis server = new ScriptedRedis(ScriptedRedis.deciding(reply));
                RedisRateLimiter limiter = limiter(server)) {
            FallbackRateLimiter fallback = FallbackRateLimiter.builder(limiter).build();
            RateLimitDecision decision = ask(fallback, CHECK);
            assertThat(decision.source()).isEqualTo(Source.FALLBACK);
            assertThat(decision.remaining()).isBetween(0L, 100L);
            assertThat(limiter.stats().invalidReplies()).isPositive();
            // Only that decision fails: the reply was well-formed, so the next one is where it should be.
            server.script(ScriptedRedis.deciding(ScriptedRedis.allowed(41)));
            assertThat(ask(fallback, CHECK).remaining()).isEqualTo(41);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2\r\n-1\r\n",
                "$3\r\nnan\r\n",
                "*1\r\n:1\r\n",
                "$-1\r\n",
                ":-5\r\n",
                "$0\r\n\r\n",
                "$3\r\n1 2\r\n"
            })
    void loseARefund(String reply) throws Exception {
        try (ScriptedRedis server = new ScriptedRedis(ScriptedRedis.deciding(ScriptedRedis.allowed(41)));
                RedisRateLimiter limiter = limiter(server)) {
            RateLimitDecision decision = ask(limiter, CHECK);
            server.script(ScriptedRedis.deciding(reply));
            CompletableFuture<?> refund = limiter.refund(decision).toCompletableFuture();
            assertThatThrownBy(() -> refund.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE));
            assertThat(limiter.stats().lostRefunds()).isEqualTo(1);
        }
    }

    @Test
    void areQuotedWithoutControlCharacters() {
        byte[] reply = "1\r\n\u001b[31mred\u00ff".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> ScriptReply.checkRefund(reply))
                .hasMessage("reply: \"1???[31mred?\" (expected at position 1: no more)");
    }

    @Test
    void fillNoLog() throws Exception {
        try (Logged logged = new Logged();
                ScriptedRedis server = new ScriptedRedis(ScriptedRedis.deciding(ScriptedRedis.bulk("nonsense")));
                RedisRateLimiter limiter = limiter(server)) {
            for (int i = 0; i < 500; i++) {
                CompletableFuture<RateLimitDecision> failed =
                        limiter.decide(CHECK).toCompletableFuture();
                assertThatThrownBy(() -> failed.get(20, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(limiter.stats().invalidReplies()).isEqualTo(500);
            assertThat(logged.warnings(server.address(), "invalid reply: reply: \"nonsense\""))
                    .hasSizeBetween(1, 10);
        }
    }

    @Test
    void ofABucketThatSomethingElseWroteAreNoDecisionEither() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                Jedis jedis = redis.client();
                RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            FallbackRateLimiter fallback = FallbackRateLimiter.builder(limiter).build();
            RateLimitCheck two = RateLimitCheck.of(
                    "q", "k", RateLimit.perDay(100).and(RateLimit.of(Bandwidth.of(50, 1, Duration.ofHours(1)))));
            for (RateLimitCheck check : List.of(CHECK, two)) {
                String bucket = "token_bucket:{" + check.policy() + ":k}";
                Awaitility.await() // The replies before may have begun an outage, which ends with a probe.
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> ask(fallback, check).source() == Source.SHARED);
                for (String absurd :
                        List.of("nan", "-nan", "inf", "-inf", "-5", "1e300", "-1e300", "99999999999999999")) {
                    for (String field : List.of("micro_tokens", "updated_us", "remainder")) {
                        Map<String, String> before = jedis.hgetAll(bucket);
                        jedis.hset(bucket, field, absurd);
                        RateLimitDecision decision = ask(fallback, check);
                        String about = field + " " + absurd + ": " + decision;
                        assertThat(decision.remaining())
                                .as(about)
                                .isBetween(0L, decision.bandwidth().capacity());
                        assertThat(decision.retryAfterNanos())
                                .as(about)
                                .isBetween(0L, Duration.ofDays(365).toNanos());
                        assertThat(decision.nextTokenNanos())
                                .as(about)
                                .isBetween(0L, Duration.ofDays(365).toNanos());
                        jedis.del(bucket);
                        jedis.hset(bucket, before);
                    }
                }
            }
        }
    }

    @Test
    void readsWhatTheScriptWritesAndNothingElse() {
        TokenBucketScript script = new TokenBucketScript("");
        for (int round = 0; round < 200_000; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            RateLimit limit = RandomLimits.limit(random);
            RateLimitCheck check =
                    RateLimitCheck.of("p", "k", limit).withCost(RandomLimits.number(random, limit.capacity()));
            byte[] text = reply(limit, check.cost(), random).getBytes(StandardCharsets.US_ASCII);
            RateLimitDecision valid = script.decision(check, text);
            assertSensible(valid, "seed " + seed);
            byte[] torn = text.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                torn[random.nextInt(torn.length)] = (byte) "0123456789 -.ne\n\0".charAt(random.nextInt(17));
            }
            try {
                assertSensible(script.decision(check, torn), "seed " + seed);
            } catch (IllegalStateException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith("reply: ");
            }
        }
    }

    private static void assertSensible(RateLimitDecision decision, String about) {
        assertThat(decision.remaining())
                .as(about)
                .isBetween(0L, decision.bandwidth().capacity());
        assertThat(decision.decidedAtMicros()).as(about).isBetween(0L, 1L << 53);
        assertThat(decision.allowed() ? decision.retryAfterNanos() == 0 : decision.retryAfterNanos() > 0)
                .as(about)
                .isTrue();
    }

    /** Returns a reply as the script makes it. */
    private static String reply(RateLimit limit, long cost, Random random) {
        long now = System.currentTimeMillis() * 1_000;
        Window[] windows = Window.of(limit, 1_000);
        long need = Math.max(1, cost) * Bandwidth.MICROS_PER_TOKEN;
        boolean allowed = true;
        long[] micros = new long[windows.length];
        for (int i = 0; i < windows.length; i++) {
            micros[i] = RandomLimits.number(random, windows[i].capacityMicros);
            allowed &= micros[i] >= need;
        }
        StringBuilder reply = new StringBuilder((allowed ? "1 " : "0 ") + now);
        for (int i = 0; i < windows.length; i++) {
            boolean interval = limit.bandwidths().get(i).refill() == Refill.INTERVAL;
            long at = interval ? now - Math.min(now, RandomLimits.number(random, windows[i].per - 1)) : now;
            long remainder = interval ? 0 : RandomLimits.number(random, windows[i].per - 1);
            reply.append(' ').append(micros[i] - (allowed ? cost * Bandwidth.MICROS_PER_TOKEN : 0));
            reply.append(' ').append(at).append(' ').append(remainder);
        }
        return reply.toString();
    }

    private static RedisRateLimiter limiter(ScriptedRedis server) {
        return RedisRateLimiter.builder()
                .standalone("127.0.0.1", server.port())
                .deadline(Duration.ofSeconds(20))
                .build();
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) throws Exception {
        return limiter.decide(check).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
