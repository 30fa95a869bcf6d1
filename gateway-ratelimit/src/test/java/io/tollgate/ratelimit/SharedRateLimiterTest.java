package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.ratelimit.FallbackRateLimiter.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

class SharedRateLimiterTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(90));

    @Test
    void sharesBucketsOfAUriInItsNamespace() {
        try (RedisProcess redis = RedisProcess.start("--requirepass", "s3cret/");
                SharedRateLimiter one = limiter(redis).build();
                SharedRateLimiter two = limiter(redis).build();
                Jedis jedis = redis.client()) {
            awaitConnection(one);
            awaitConnection(two);
            RateLimitDecision first = ask(one, CHECK);
            assertThat(first.source()).isEqualTo(Source.SHARED);
            assertThat(ask(two, CHECK).remaining()).isEqualTo(88);
            two.refund(first)
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            assertThat(ask(one, CHECK).remaining()).isEqualTo(88);
            assertThat(one.state()).isEqualTo(State.SHARED);
            assertThat(one.stats().decisions()).isPositive();
            assertThat(one.leasing()).isEmpty();
            jedis.auth("s3cret/");
            jedis.select(2);
            assertThat(jedis.exists("shop:token_bucket:{p:k}")).isTrue();
        }
    }

    @Test
    void decidesHereWithItsShareWhileThereIsNoRedis() {
        List<String> changes = new CopyOnWriteArrayList<>();
        try (SharedRateLimiter limiter = SharedRateLimiter.builder("redis://127.0.0.1:" + RedisProcess.freePort())
                .replicas(3)
                .listener((from, to, reason) -> changes.add(from + " " + to))
                .build()) {
            int allowed = 0;
            for (int i = 0; i < 90; i++) {
                allowed += ask(limiter, CHECK).allowed() ? 1 : 0;
            }
            assertThat(allowed).isEqualTo(30);
            assertThat(limiter.fallback().fallbackDecisions()).isEqualTo(90);
            assertThat(limiter.local().size()).isEqualTo(1);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                ask(limiter, CHECK);
                return limiter.state() != State.SHARED;
            });
            assertThat(changes).contains("SHARED FALLBACK");
        }
    }

    @Test
    void leasesTokensOfHotKeysIfWanted() {
        RateLimitCheck hot = RateLimitCheck.of("p", "hot", RateLimit.of(Bandwidth.of(100_000, 1, Duration.ofDays(1))));
        try (RedisProcess redis = RedisProcess.start();
                SharedRateLimiter limiter = SharedRateLimiter.builder(
                                RedisRateLimiterContractTest.limiter(redis).deadline(Duration.ofSeconds(10)))
                        .leases(true)
                        .build()) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (int i = 0; i < 500; i++) {
                    ask(limiter, hot);
                }
                return limiter.leasing().orElseThrow().leasedDecisions() > 0;
            });
        }
    }

    @Test
    void closesWhatItOwnsAndDecidesHereFromThenOn() {
        try (RedisProcess redis = RedisProcess.start()) {
            SharedRateLimiter limiter =
                    SharedRateLimiter.builder("redis://" + redis.address()).build();
            awaitConnection(limiter);
            limiter.close();
            limiter.close();
            assertThat(ask(limiter, CHECK).source()).isEqualTo(Source.FALLBACK);
        }
    }

    private static SharedRateLimiter.Builder limiter(RedisProcess redis) {
        return SharedRateLimiter.builder(RedisRateLimiter.builder()
                        .uri("redis://:s3cret%2F@" + redis.address() + "/2")
                        .deadline(Duration.ofSeconds(10)))
                .namespace("shop");
    }

    private static void awaitConnection(SharedRateLimiter limiter) {
        RateLimitCheck other =
                RateLimitCheck.of("p", "other", RateLimit.perDay(10)).withCost(0);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> ask(limiter, other).source() == Source.SHARED);
    }

    private static RateLimitDecision ask(SharedRateLimiter limiter, RateLimitCheck check) {
        CompletableFuture<RateLimitDecision> decision = limiter.decide(check).toCompletableFuture();
        return decision.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
