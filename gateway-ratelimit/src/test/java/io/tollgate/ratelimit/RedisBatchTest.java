package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Decisions that wait together share a call of Redis, and each stays as it would be alone. */
class RedisBatchTest {
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

    @Test
    void sendsACallAgainToARedisThatLostItsScripts() {
        ask(check("a"));
        try (Jedis jedis = redis.client()) {
            jedis.scriptFlush();
        }
        List<CompletableFuture<RateLimitDecision>> asked = together(check("a"), check("b"), check("a"));
        assertThat(asked.stream().map(each -> each.join().remaining())).containsExactly(98L, 99L, 97L);
    }

    private static RateLimitCheck check(String key) {
        return RateLimitCheck.of("p", key, LIMIT);
    }

    private RateLimitDecision ask(RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }

    /** Asks while Redis stands still, behind a decision whose reply the connection waits for. */
    private List<CompletableFuture<RateLimitDecision>> together(RateLimitCheck... checks) {
        ask(check("up"));
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
