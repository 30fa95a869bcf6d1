package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.ratelimit.Window.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

@SuppressWarnings("NullAway.Init")
class RedisRateLimiterTest {
    private static RedisProcess redis;
    private static RedisRateLimiter limiter;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        limiter = RedisRateLimiterContractTest.limiter(redis)
                .deadline(Duration.ofSeconds(10))
                .build();
    }

    @AfterAll
    static void stop() {
        limiter.close();
        redis.close();
    }

    @Test
    void keepsABucketInAHashThatAPersonCanRead() {
        RateLimit limit = RateLimit.of(Bandwidth.of(10, 10, Duration.ofHours(1)))
                .and(RateLimit.of(Bandwidth.of(100, 1, Duration.ofDays(1)).withRefill(Refill.INTERVAL)));
        ask(RateLimitCheck.of("daily", "user:42", limit).withCost(3));
        try (Jedis jedis = redis.client()) {
            Map<String, String> hash = jedis.hgetAll("token_bucket:{daily:user:42}");
            assertThat(hash)
                    .containsEntry("micro_tokens", "7000000")
                    .containsEntry("remainder", "0")
                    .containsEntry("micro_tokens_2", "97000000")
                    .containsEntry("remainder_2", "0")
                    .containsEntry("limit", "10+10000000/3600000000 100+1000000/86400000000i")
                    .hasSize(7);
            assertThat(hash.get("updated_us")).matches("[0-9]{16}").isEqualTo(hash.get("updated_us_2"));
        }
    }

    @Test
    void sharesNoBucketWithAnotherNamespace() {
        RateLimitCheck check = RateLimitCheck.of("p", "spaced", RateLimit.perDay(10));
        try (RedisRateLimiter shop = inNamespace("shop");
                RedisRateLimiter sameShop = inNamespace("shop");
                RedisRateLimiter other = inNamespace("other.shop-2_B");
                Jedis jedis = redis.client()) {
            RateLimitDecision three = ask(shop, check.withCost(3));
            assertThat(ask(sameShop, check).remaining()).isEqualTo(6);
            assertThat(ask(other, check).remaining()).isEqualTo(9);
            assertThat(ask(check).remaining()).isEqualTo(9);
            sameShop.refund(three)
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            assertThat(ask(shop, check.withCost(0)).remaining()).isEqualTo(9);
            assertThat(jedis.keys("*{p:spaced}"))
                    .containsExactlyInAnyOrder(
                            "token_bucket:{p:spaced}",
                            "shop:token_bucket:{p:spaced}",
                            "other.shop-2_B:token_bucket:{p:spaced}");
        }
    }

    private static RedisRateLimiter inNamespace(String name) {
        return RedisRateLimiterContractTest.limiter(redis)
                .namespace(name)
                .deadline(Duration.ofSeconds(10))
                .build();
    }

    @Test
    void letsABucketExpireInTheMillisecondInWhichItIsFull() {
        RateLimitDecision decision =
                ask(RateLimitCheck.of("expiry", "k", RateLimit.perHour(7)).withCost(2));
        try (Jedis jedis = redis.client()) {
            Object expiry = jedis.eval(
                    "local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000) + redis.call('PTTL', KEYS[1])",
                    List.of("token_bucket:{expiry:k}"),
                    List.of());
            long full = decision.decidedAtMicros() / 1000 + decision.fullNanos() / 1_000_000;
            assertThat((Long) expiry).isBetween(full, full + 10);
        }
        for (int i = 0; i < 3; i++) {
            ask(RateLimitCheck.of("expiry", "asked", RateLimit.perHour(7)).withCost(0));
        }
        try (Jedis jedis = redis.client()) {
            assertThat(jedis.exists("token_bucket:{expiry:asked}")).isFalse();
        }
    }

    @Test
    void leavesNothingBehindOfManyKeys() {
        try (RedisProcess own = RedisProcess.start();
                RedisRateLimiter many = RedisRateLimiterContractTest.limiter(own)
                        .deadline(Duration.ofSeconds(30))
                        .maxQueued(1_000)
                        .build();
                Jedis jedis = own.client()) {
            RateLimit limit = RateLimit.per(Duration.ofMillis(1_500), 1);
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                asked.add(many.decide(RateLimitCheck.of("p", "key" + i, limit)).toCompletableFuture());
                if (asked.size() == 1_000) {
                    asked.forEach(each -> assertThat(each.join().allowed()).isTrue());
                    asked.clear();
                }
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> jedis.dbSize() == 0);
        }
    }

    @Test
    void teachesARedisThatLostTheScript() {
        try (RedisProcess own = RedisProcess.start();
                RedisRateLimiter one = RedisRateLimiterContractTest.limiter(own)
                        .deadline(Duration.ofSeconds(10))
                        .build();
                Jedis jedis = own.client()) {
            RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(1_000));
            one.decide(check).toCompletableFuture().join();
            jedis.scriptFlush();
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                asked.add(one.decide(check).toCompletableFuture());
            }
            asked.forEach(each -> assertThat(each.join().allowed()).isTrue());
            assertThat(one.stats().scriptLoads()).isPositive();
            assertThat(one.decide(check.withCost(0))
                            .toCompletableFuture()
                            .join()
                            .remaining())
                    .isEqualTo(799);
        }
    }

    @Test
    void failsOnlyTheDecisionWhoseBucketIsSomethingElse() {
        try (Jedis jedis = redis.client()) {
            jedis.set("token_bucket:{p:spoilt}", "not a hash");
            RateLimitCheck good = RateLimitCheck.of("p", "good", RateLimit.perDay(10));
            RateLimitCheck spoilt = RateLimitCheck.of("p", "spoilt", RateLimit.perDay(10));
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                asked.add(limiter.decide(good).toCompletableFuture());
                asked.add(limiter.decide(spoilt).toCompletableFuture());
            }
            for (int i = 0; i < 6; i += 2) {
                assertThat(asked.get(i).join().allowed()).isTrue();
                CompletableFuture<RateLimitDecision> bad = asked.get(i + 1);
                assertThatThrownBy(bad::join)
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                GatewayException.class,
                                e -> assertThat(e.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE));
            }
        }
    }

    @Test
    void treatsABucketThatLostItsFieldsAsFull() {
        try (Jedis jedis = redis.client()) {
            RateLimitCheck check = RateLimitCheck.of("p", "torn", RateLimit.perDay(10));
            ask(check);
            jedis.hdel("token_bucket:{p:torn}", "micro_tokens", "remainder");
            assertThat(ask(check).remaining()).isEqualTo(9);
        }
    }

    @Test
    void startsWithoutRedisAndFailsAtOnceUntilThereIsOne() {
        int port = RedisProcess.freePort();
        try (RedisRateLimiter alone = RedisRateLimiter.builder()
                .standalone("127.0.0.1", port)
                .deadline(Duration.ofSeconds(30))
                .build()) {
            CompletableFuture<RateLimitDecision> none = alone.decide(RateLimitCheck.of("p", "k", RateLimit.perDay(1)))
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS);
            assertThatThrownBy(none::join).cause().isInstanceOf(GatewayException.class);
            assertThat(alone.stats().up()).isFalse();
        }
    }

    @Test
    void failsWhatWaitsWhenItIsClosed() {
        RedisRateLimiter closed = RedisRateLimiterContractTest.limiter(redis).build();
        closed.close();
        closed.close();
        CompletableFuture<RateLimitDecision> decision =
                closed.decide(RateLimitCheck.of("p", "k", RateLimit.perDay(1))).toCompletableFuture();
        assertThatThrownBy(decision::join).cause().isInstanceOf(GatewayException.class);
    }

    @Test
    void completesEveryStageWhenItIsClosedUnderLoad() throws Exception {
        RateLimitCheck check = RateLimitCheck.of("p", "closed", RateLimit.perDay(1_000_000));
        for (int round = 0; round < 20; round++) {
            RedisRateLimiter one = RedisRateLimiterContractTest.limiter(redis)
                    .deadline(Duration.ofMinutes(1))
                    .build();
            List<CompletableFuture<RateLimitDecision>> asked = new ArrayList<>();
            Thread client = new Thread(() -> {
                // The last ones are asked of a limiter that is closed.
                for (int after = 0; after < 100; after += one.stats().up() ? 0 : 1) {
                    asked.add(one.decide(check).toCompletableFuture());
                }
            });
            client.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> one.stats().decisions() > 50);
            one.close();
            client.join();
            for (CompletableFuture<RateLimitDecision> each : asked) {
                each.handle((decision, failure) -> decision).get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void survivesAnyErrorOfAConnection() {
        AtomicInteger attempts = new AtomicInteger();
        RedisSettings settings = new RedisSettings(null, new RedisPassword(() -> null), 0, null, 1_000, 2_000);
        TokenBucketScript script = new TokenBucketScript("");
        RateLimitCheck check = RateLimitCheck.of("p", "errors", RateLimit.perDay(10));
        SingleNode node = new SingleNode(
                "errors",
                () -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new StackOverflowError("of attempt " + attempts);
                    }
                    return settings.connect(RedisSettings.node(redis.address()));
                },
                new LaneContext(
                        script,
                        new RedisCounters(),
                        new LastKnown(),
                        new ErrorTexts(new RedisPassword(() -> null)),
                        10));
        try {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> attempts.get() == 3 && node.isUp());
            byte[] bucket = script.bucket(check);
            Pending pending = new Pending(
                    check,
                    null,
                    bucket,
                    script.arguments(RedisScript.TAKE, check, bucket),
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
            node.send(pending);
            assertThat(pending.orTimeout(20, TimeUnit.SECONDS).join().remaining())
                    .isEqualTo(9);
        } finally {
            node.close();
        }
    }

    @Test
    void asksAnotherNodeWhereOneTalksNonsenseOfItsCluster() {
        try (RedisProcess nonsense = RedisProcess.start(
                        "--rename-command", "CLUSTER", "RENAMED", "--rename-command", "ECHO", "CLUSTER");
                RedisProcess single = RedisProcess.start("--cluster-enabled", "yes");
                Jedis jedis = single.client()) {
            jedis.sendCommand(Command.CLUSTER, "ADDSLOTS", "0");
            try (RedisRateLimiter cluster = RedisRateLimiter.builder()
                    .cluster(List.of(nonsense.address(), single.address()))
                    .build()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> cluster.stats().up());
            }
        }
    }

    @Test
    void computesWhatJavaComputes() {
        for (int round = 0; round < 60; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            RateLimit limit = RandomLimits.limit(random);
            Window[] windows = Window.of(limit, 1_000);
            Level[] levels = null;
            String key = "model" + seed;
            for (int step = 0; step < 25; step++) {
                long cost = Math.min(Math.floorMod(random.nextLong(), limit.capacity() + 1), limit.capacity());
                String about = "seed " + seed + ", step " + step + ", cost " + cost + ", " + limit;
                RateLimitDecision decision =
                        ask(RateLimitCheck.of("p", key, limit).withCost(cost));
                long now = decision.decidedAtMicros();
                long need = Math.max(1, cost) * Bandwidth.MICROS_PER_TOKEN;
                boolean expected = true;
                if (levels == null) {
                    levels = new Level[windows.length];
                    for (int i = 0; i < windows.length; i++) {
                        levels[i] = new Level(windows[i].capacityMicros, now);
                    }
                }
                for (int i = 0; i < windows.length; i++) {
                    windows[i].refill(levels[i], now);
                    expected &= levels[i].micros >= need;
                }
                if (expected && cost > 0) {
                    for (Level level : levels) {
                        level.micros -= need;
                    }
                }
                int ruling =
                        expected ? Ruling.leastLeft(windows, levels) : Ruling.longestWait(windows, levels, need, now);
                assertThat(decision)
                        .as(about)
                        .isEqualTo(Ruling.decision(
                                decision.check(),
                                windows[ruling],
                                levels[ruling],
                                expected,
                                need,
                                now,
                                1_000,
                                now,
                                RateLimitDecision.Source.SHARED));
                long shift = Math.floorMod(random.nextLong(), 1L << random.nextInt(48));
                if (shift(key, shift)) {
                    for (Level level : levels) {
                        level.asOf -= shift;
                    }
                } else {
                    levels = null;
                }
            }
        }
    }

    /** Lets time pass for a bucket, if there is one, and keeps it: that it is full is then found by the script itself. */
    private static boolean shift(String key, long micros) {
        try (Jedis jedis = redis.client()) {
            Object there = jedis.eval("""
                    for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
                      if string.find(field, '^updated_us') then
                        redis.call('HINCRBY', KEYS[1], field, 0 - ARGV[1])
                      end
                    end
                    redis.call('PERSIST', KEYS[1])
                    return redis.call('EXISTS', KEYS[1])
                    """, List.of("token_bucket:{p:" + key + "}"), List.of(String.valueOf(micros)));
            return (Long) there == 1;
        }
    }

    private static RateLimitDecision ask(RateLimitCheck check) {
        return ask(limiter, check);
    }

    private static RateLimitDecision ask(RedisRateLimiter from, RateLimitCheck check) {
        return from.decide(check)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
