package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.ratelimit.Window.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

class RedisRefundTest {
    private final RedisProcess redis = RedisProcess.start();
    private final RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
            .deadline(Duration.ofSeconds(10))
            .build();
    private final Jedis jedis = redis.client();

    @BeforeEach
    void connect() {
        ask(limiter, RateLimitCheck.of("p", "warm", RateLimit.perDay(1)));
    }

    @AfterEach
    void stop() {
        jedis.close();
        limiter.close();
        redis.close();
    }

    @Test
    void deletesABucketThatIsFull() {
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(10).and(RateLimit.perHour(9)));
        RateLimitDecision two = ask(limiter, check.withCost(2));
        RateLimitDecision one = ask(limiter, check);
        refund(limiter, two).join();
        assertThat(jedis.hgetAll("token_bucket:{p:k}"))
                .containsEntry("limit", "10+10000000/86400000000 9+9000000/3600000000")
                .hasSize(7);
        refund(limiter, one).join();
        assertThat(jedis.exists("token_bucket:{p:k}")).isFalse();
    }

    @Test
    void letsABucketExpireWhenItIsFullAfterTheRefund() {
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perHour(10));
        RateLimitDecision five = ask(limiter, check.withCost(5));
        ask(limiter, check.withCost(3));
        refund(limiter, five).join();
        long milliseconds = jedis.pttl("token_bucket:{p:k}");
        long now = ask(limiter, check.withCost(0)).fullNanos() / 1_000_000;
        assertThat(milliseconds).isBetween(now, now + 30_000);
        assertThat(milliseconds).isLessThanOrEqualTo(3 * 360_000 + 1);
    }

    @Test
    void teachesARedisThatLostTheScripts() {
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(1_000));
        List<RateLimitDecision> taken = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            taken.add(ask(limiter, check));
        }
        jedis.scriptFlush();
        List<CompletableFuture<?>> refunds = new ArrayList<>();
        taken.forEach(each -> refunds.add(refund(limiter, each)));
        refunds.forEach(CompletableFuture::join);
        assertThat(limiter.stats().scriptLoads()).isEqualTo(1);
        assertThat(limiter.stats().refunds()).isEqualTo(200);
        assertThat(limiter.stats().lostRefunds()).isZero();
        assertThat(ask(limiter, check.withCost(0)).remaining()).isEqualTo(1_000);
    }

    @Test
    void losesWhatRedisDoesNotConfirmInTimeAndSaysSo() {
        try (RedisRateLimiter hasty = RedisRateLimiterContractTest.limiter(redis)
                .deadline(Duration.ofMillis(200))
                .build()) {
            RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(10));
            RateLimitDecision three = ask(limiter, check.withCost(3));
            redis.suspend();
            try {
                assertLost(refund(hasty, three));
            } finally {
                redis.resume();
            }
            assertThat(hasty.stats().lostRefunds()).isEqualTo(1);
            // Whether it arrived nobody knows; but at most once.
            assertThat(ask(limiter, check.withCost(0)).remaining()).isIn(7L, 10L);
        }
    }

    @Test
    void losesWhatItCannotSend() {
        RateLimitDecision one = ask(limiter, RateLimitCheck.of("p", "k", RateLimit.perDay(10)));
        try (RedisRateLimiter alone = RedisRateLimiter.builder()
                .standalone("127.0.0.1", RedisProcess.freePort())
                .deadline(Duration.ofSeconds(30))
                .build()) {
            assertLost(refund(alone, one));
            assertThat(alone.stats().lostRefunds()).isEqualTo(1);
            assertThat(alone.stats().refunds()).isZero();
        }
    }

    @Test
    void losesARefundToABucketThatIsSomethingElse() {
        RateLimitDecision one = ask(limiter, RateLimitCheck.of("p", "k", RateLimit.perDay(10)));
        jedis.set("token_bucket:{p:k}", "not a hash");
        assertLost(refund(limiter, one));
        assertThat(limiter.stats().lostRefunds()).isEqualTo(1);
    }

    @Test
    void givesNothingBackThatItDidNotTake() {
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(10));
        RateLimitDecision four = ask(limiter, check.withCost(4));
        for (Source other : List.of(Source.LOCAL, Source.FALLBACK, Source.LEASE)) {
            assertLost(refund(limiter, four.withSource(other)));
        }
        refund(limiter, four.withSource(Source.ASSUMED)).join();
        assertThat(limiter.stats().refunds()).isZero();
        assertThat(ask(limiter, check.withCost(0)).remaining()).isEqualTo(6);
    }

    @Test
    void computesWhatJavaComputes() {
        TokenBucketScript script = new TokenBucketScript("");
        // In one step, and with a minute more to live, for a bucket may be full, and so expire, in the next
        // millisecond.
        String source = new String(RedisScript.REFUND.source, UTF_8);
        String lasting = source.replace("(now + wait) / 1000 + 1)", "(now + wait) / 1000 + 60000)");
        assertThat(lasting).isNotEqualTo(source);
        String refundAndRead = "local function refund() " + lasting
                + " end local now = refund() return {now, unpack(redis.call('HGETALL', KEYS[1]))}";
        for (int round = 0; round < 1_500; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            RateLimit limit = RandomLimits.limit(random);
            RateLimit taken = random.nextBoolean() ? limit : RandomLimits.changed(limit, random);
            RateLimitCheck check =
                    RateLimitCheck.of("p", "k", taken).withCost(RandomLimits.number(random, taken.capacity()) + 1);
            String about = "seed " + seed + ", cost " + check.cost() + " of " + taken + ", kept by " + limit;

            byte[] bucket = script.bucket(check);
            String name = new String(bucket, UTF_8);
            Window[] windows = Window.of(limit, 1_000);
            Level[] levels = state(windows, random);
            Map<String, String> hash = hash(levels);
            hash.put(
                    "limit",
                    arguments(script, RedisScript.TAKE, RateLimitCheck.of("p", "k", limit), bucket)
                            .get(1));
            jedis.del(name);
            jedis.hset(name, hash);
            List<?> reply = (List<?>)
                    jedis.eval(refundAndRead, List.of(name), arguments(script, RedisScript.REFUND, check, bucket));
            long now = Long.parseLong((String) reply.get(0));

            Window[] from = Window.of(taken, 1_000);
            boolean full = true;
            for (int i = 0; i < windows.length; i++) {
                windows[i].refill(levels[i], now);
                int was = Bucket.counterpart(from, windows[i], i);
                if (was >= 0) {
                    long micros = check.cost() * Bandwidth.MICROS_PER_TOKEN;
                    windows[i].refund(levels[i], windows[i].sameShare(from[was], micros), now);
                }
                full &= levels[i].micros == windows[i].capacityMicros;
            }
            Map<String, String> kept = new HashMap<>();
            for (int i = 1; i < reply.size(); i += 2) {
                kept.put((String) reply.get(i), (String) reply.get(i + 1));
            }
            kept.remove("limit");
            assertThat(kept).as(about).isEqualTo(full ? Map.of() : hash(levels));
        }
    }

    /** Levels as a script may have left them, some time ago. */
    private static Level[] state(Window[] windows, Random random) {
        long now = System.currentTimeMillis() * 1_000;
        Level[] levels = new Level[windows.length];
        for (int i = 0; i < windows.length; i++) {
            levels[i] = new Level(
                    RandomLimits.number(random, windows[i].capacityMicros),
                    now - RandomLimits.number(random, 1L << random.nextInt(48)));
            levels[i].remainder = windows[i].interval ? 0 : RandomLimits.number(random, windows[i].per);
        }
        return levels;
    }

    private static Map<String, String> hash(Level[] levels) {
        Map<String, String> hash = new HashMap<>();
        for (int i = 0; i < levels.length; i++) {
            String suffix = i == 0 ? "" : "_" + (i + 1);
            hash.put("micro_tokens" + suffix, Long.toString(levels[i].micros));
            hash.put("updated_us" + suffix, Long.toString(levels[i].asOf));
            hash.put("remainder" + suffix, Long.toString(levels[i].remainder));
        }
        return hash;
    }

    /** Returns what a script finds in ARGV: the cost, the limit, and so on. */
    private static List<String> arguments(
            TokenBucketScript script, RedisScript called, RateLimitCheck check, byte[] bucket) {
        return Stream.of(script.arguments(called, check, bucket))
                .skip(3)
                .map(argument -> new String(argument, UTF_8))
                .toList();
    }

    private static void assertLost(CompletableFuture<?> refund) {
        assertThatThrownBy(refund::join)
                .cause()
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE))
                .hasMessage("The tokens could not be given back.");
    }

    private static CompletableFuture<?> refund(RedisRateLimiter from, RateLimitDecision decision) {
        return from.refund(decision).toCompletableFuture().orTimeout(20, TimeUnit.SECONDS);
    }

    private static RateLimitDecision ask(RedisRateLimiter from, RateLimitCheck check) {
        return from.decide(check)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
