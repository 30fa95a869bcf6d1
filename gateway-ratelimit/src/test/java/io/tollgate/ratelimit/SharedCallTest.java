package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Decisions that wait together share a call of Redis, and each stays as it would be alone. */
class SharedCallTest {
    private static final RateLimit LIMIT = RateLimit.perDay(100);
    private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    private final RedisProcess redis = RedisProcess.start();
    private final RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
            .deadline(Duration.ofSeconds(20))
            .build();

    @AfterEach
    void stop() {
        limiter.close();
        redis.kill();
    }

    @Test
    void countsEachDecisionOfACallOnce() {
        long before = calls();
        List<CompletableFuture<RateLimitDecision>> asked = together(check("a"), check("b"), check("a"), check("a"));
        assertThat(asked.stream().map(each -> each.join().remaining())).containsExactly(99L, 99L, 98L, 97L);
        assertThat(calls() - before).as("calls").isLessThan(5);
    }

    @Test
    void rejectsWithinACallWhatIsBeyondTheLimit() {
        RateLimitCheck check = RateLimitCheck.of("p", "few", RateLimit.perDay(2));
        List<CompletableFuture<RateLimitDecision>> asked = together(check, check, check, check);
        assertThat(asked.stream().map(each -> each.join().allowed())).containsExactly(true, true, false, false);
    }

    @Test
    void decidesTheOthersOfACallIfABucketIsSpoilt() {
        try (Jedis jedis = redis.client()) {
            jedis.set("token_bucket:{p:spoilt}", "not a hash");
            ask(check("torn"));
            jedis.hset("token_bucket:{p:torn}", "micro_tokens", "none");
        }
        List<CompletableFuture<RateLimitDecision>> asked =
                together(check("a"), check("spoilt"), check("a"), check("torn"), check("a"));
        assertThat(asked.get(0).join().remaining()).isEqualTo(99);
        assertThat(asked.get(1)).failsWithin(Duration.ofSeconds(20));
        assertThat(asked.get(2).join().remaining()).isEqualTo(98);
        assertThat(asked.get(4).join().remaining()).isEqualTo(97);
        assertThat(asked.get(3).handle((decision, failure) -> true).join()).isTrue();
    }

    @Test
    void keepsTheShareOfABucketWhoseLimitChanged() {
        ask(RateLimitCheck.of("p", "grown", RateLimit.perDay(10)).withCost(5));
        List<CompletableFuture<RateLimitDecision>> asked = together(check("a"), check("grown"), check("a"));
        assertThat(asked.stream().map(each -> each.join().remaining())).containsExactly(99L, 49L, 98L);
    }

    /** A model of what each bucket has left, which a call with others must not change. */
    @Test
    void decidesRandomDecisionsAsIfEachWereAlone() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Long> left = new HashMap<>();
        for (int round = 0; round < 20; round++) {
            RateLimitCheck[] checks = new RateLimitCheck[40];
            for (int i = 0; i < checks.length; i++) {
                int key = random.nextInt(4);
                // The same cost and the same limit in a row, most of the time.
                long cost = random.nextInt(4) == 0 ? random.nextInt(4) : 1;
                checks[i] = RateLimitCheck.of("p", "random" + key, RateLimit.perDay(40 + 10 * (key / 2)))
                        .withCost(cost);
            }
            List<CompletableFuture<RateLimitDecision>> asked = together(checks);
            for (int i = 0; i < checks.length; i++) {
                RateLimitCheck check = checks[i];
                long before = left.getOrDefault(
                        check.key(), check.limit().bandwidths().get(0).capacity());
                boolean allowed = before >= Math.max(1, check.cost());
                long after = allowed ? before - check.cost() : before;
                left.put(check.key(), after);
                RateLimitDecision decision = asked.get(i).join();
                assertThat(decision.allowed())
                        .as("seed %d, round %d, %s", seed, round, check)
                        .isEqualTo(allowed);
                assertThat(decision.remaining())
                        .as("seed %d, round %d, %s", seed, round, check)
                        .isEqualTo(after);
            }
        }
    }

    @Test
    void sendsEachDecisionOfACallAgainToARedisThatLostItsScripts() {
        try (DelayingProxy proxy = new DelayingProxy(redis.port());
                RedisRateLimiter behind = RedisRateLimiter.builder()
                        .standalone("127.0.0.1", proxy.port())
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            behind.decide(check("up")).toCompletableFuture().join();
            proxy.hold();
            CompletableFuture<RateLimitDecision> first =
                    behind.decide(check("up")).toCompletableFuture();
            // Redis has decided the first, so that the scripts are lost for those behind it only.
            Awaitility.await().until(() -> calls() == 2);
            List<CompletableFuture<RateLimitDecision>> asked = Stream.of("a", "b", "a", "a")
                    .map(key -> behind.decide(check(key)).toCompletableFuture())
                    .toList();
            try (Jedis jedis = redis.client()) {
                jedis.scriptFlush();
            }
            proxy.release();

            assertThat(first.join().remaining()).isEqualTo(98);
            assertThat(asked.stream().map(each -> each.join().remaining())).containsExactly(99L, 99L, 98L, 97L);
            assertThat(behind.stats().scriptLoads()).isOne();
        }
    }

    /** Such as one node of a cluster, or a proxy in front of one: the slots of the buckets differ. */
    @Test
    void decidesEachAloneIfRedisRejectsSeveralKeys() {
        try (RedisProcess node = RedisProcess.start("--cluster-enabled", "yes");
                Jedis jedis = node.client();
                RedisRateLimiter alone = RedisRateLimiterContractTest.limiter(node)
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            jedis.clusterAddSlots(IntStream.range(0, 16_384).toArray());
            Awaitility.await().until(() -> jedis.clusterInfo().contains("cluster_state:ok"));
            for (long round = 1; round <= 2; round++) {
                List<CompletableFuture<RateLimitDecision>> asked =
                        together(node, alone, check("a"), check("b"), check("a"), check("c"));
                assertThat(asked.stream().map(each -> each.join().remaining()))
                        .containsExactly(101 - 2 * round, 100 - round, 100 - 2 * round, 100 - round);
            }
            assertThat(jedis.info("errorstats")).contains("errorstat_CROSSSLOT:count=1\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":1\r\n",
                "$-1\r\n",
                "$0\r\n\r\n",
                "*0\r\n",
                "*3\r\n:1\r\n:2\r\n:3\r\n",
                "$1\r\n-\r\n",
                "$3\r\n-,-\r\n",
                "$7\r\n-,-,-,-\r\n",
                "$2\r\n,,\r\n",
                "$8\r\n1 1 1,,1\r\n"
            })
    void failsTheDecisionsOfACallWhoseReplyIsNone(String reply) {
        try (ScriptedLimiter redis = new ScriptedLimiter(Duration.ofSeconds(20), keys -> reply)) {
            redis.askTogether();

            assertThat(redis.asked).allSatisfy(each -> assertThat(each).failsWithin(Duration.ofSeconds(20)));
            assertThat(redis.limiter
                            .decide(check("d"))
                            .toCompletableFuture()
                            .join()
                            .remaining())
                    .as("the reply of the next")
                    .isEqualTo(7);
        }
    }

    @Test
    void doesNotTakeLateRepliesOfACallForThoseOfTheNext() {
        CountDownLatch late = new CountDownLatch(1);
        try (ScriptedLimiter redis = new ScriptedLimiter(Duration.ofMillis(300), keys -> {
            late.await();
            return ScriptedRedis.bulk("1 9 1000000 9 0,1 9 2000000 9 0,-");
        })) {
            redis.askTogether();
            assertThat(redis.asked).allSatisfy(each -> assertThat(each).failsWithin(Duration.ofSeconds(20)));
            late.countDown();

            // The deadline is short: a slow machine may take several attempts.
            Awaitility.await()
                    .ignoreExceptions()
                    .until(() -> redis.limiter
                                    .decide(check("d"))
                                    .toCompletableFuture()
                                    .join()
                                    .remaining()
                            == 7);
        }
    }

    /** A limiter of a server that replies to single decisions with 7 tokens left, and to calls of several with the given reply. */
    private static final class ScriptedLimiter implements AutoCloseable {
        final List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
        final RedisRateLimiter limiter;
        private final CountDownLatch queued = new CountDownLatch(1);
        private final ScriptedRedis server;

        ScriptedLimiter(Duration deadline, Reply reply) {
            server = new ScriptedRedis(command -> {
                if (!"EVALSHA".equals(command.get(0))) {
                    return ScriptedRedis.OK;
                }
                try {
                    queued.await();
                    int keys = Integer.parseInt(command.get(2));
                    return keys == 1 ? ScriptedRedis.allowed(7) : reply.to(keys);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
            limiter = RedisRateLimiter.builder()
                    .standalone("127.0.0.1", server.port())
                    .deadline(deadline)
                    .build();
        }

        /** Asks three decisions that share a call, behind one whose reply comes when they are queued. */
        void askTogether() {
            CompletableFuture<RateLimitDecision> first =
                    limiter.decide(check("up")).toCompletableFuture();
            Awaitility.await().until(() -> limiter.stats().queued() == 0);
            for (String key : List.of("a", "b", "c")) {
                asked.add(limiter.decide(check(key)).toCompletableFuture());
            }
            queued.countDown();
            assertThat(first.handle((decision, failure) -> true)).succeedsWithin(Duration.ofSeconds(20));
        }

        @Override
        public void close() {
            limiter.close();
            server.close();
        }

        interface Reply {
            String to(int keys) throws InterruptedException;
        }
    }

    private static RateLimitCheck check(String key) {
        return RateLimitCheck.of("p", key, LIMIT);
    }

    private RateLimitDecision ask(RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }

    /** Asks while Redis stands still, behind a decision whose reply the connection waits for. */
    private List<CompletableFuture<RateLimitDecision>> together(RateLimitCheck... checks) {
        return together(redis, limiter, checks);
    }

    private static List<CompletableFuture<RateLimitDecision>> together(
            RedisProcess redis, RedisRateLimiter limiter, RateLimitCheck... checks) {
        limiter.decide(check("up")).toCompletableFuture().join();
        redis.suspend();
        try {
            CompletableFuture<RateLimitDecision> first =
                    limiter.decide(check("up")).toCompletableFuture();
            assertThat(first).isNotDone();
            Awaitility.await().until(() -> limiter.stats().queued() == 0);
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            for (RateLimitCheck check : checks) {
                asked.add(limiter.decide(check).toCompletableFuture());
            }
            return asked;
        } finally {
            redis.resume();
        }
    }

    private long calls() {
        try (Jedis jedis = redis.client()) {
            Matcher matcher = CALLS.matcher(jedis.info("commandstats"));
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        }
    }
}
