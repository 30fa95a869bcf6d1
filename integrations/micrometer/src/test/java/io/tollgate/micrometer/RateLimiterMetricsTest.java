package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateLimiterMetricsTest {
    private static final RateLimit LIMIT = RateLimit.perHour(1_000_000);

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void measuresBucketsOfThisProcess() {
        LocalRateLimiter limiter = LocalRateLimiter.builder().maxKeys(1).build();
        new RateLimiterMetrics(limiter).bindTo(registry);

        decide(limiter, "a");
        decide(limiter, "b");
        decide(limiter, "c");

        assertThat(gauge("tollgate.ratelimit.buckets"))
                .isEqualTo((double) limiter.size())
                .isPositive();
        assertThat(counter("tollgate.ratelimit.evictions"))
                .isEqualTo((double) limiter.evictions())
                .isPositive();
    }

    @Test
    void tellsLimitersOfOneKindApartByTheirTags() {
        LocalRateLimiter busy = LocalRateLimiter.builder().build();
        LocalRateLimiter idle = LocalRateLimiter.builder().build();
        new RateLimiterMetrics(busy, Tag.of("limiter", "busy")).bindTo(registry);
        new RateLimiterMetrics(idle, Tag.of("limiter", "idle")).bindTo(registry);

        decide(busy, "a");

        assertThat(gauge("tollgate.ratelimit.buckets", "limiter", "busy")).isEqualTo(1);
        assertThat(gauge("tollgate.ratelimit.buckets", "limiter", "idle")).isZero();
    }

    @Test
    void measuresTheConnectionToRedis() {
        try (RedisServer redis = RedisServer.start(folder);
                RedisRateLimiter limiter = redis(redis)) {
            new RateLimiterMetrics(limiter).bindTo(registry);
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(gauge("tollgate.redis.connected")).isEqualTo(1));
            assertThat(gauge("tollgate.redis.queued")).isZero();
            assertThat(counter("tollgate.redis.failures", "reason", "timeout")).isZero();
            assertThat(counter("tollgate.redis.failures", "reason", "overflow")).isZero();

            redis.kill();

            Awaitility.await().untilAsserted(() -> {
                assertThat(limiter.decide(RateLimitCheck.of("p", "a", LIMIT)).toCompletableFuture())
                        .failsWithin(Duration.ofSeconds(10));
                assertThat(gauge("tollgate.redis.connected")).isZero();
                assertThat(counter("tollgate.redis.failures", "reason", "connect"))
                        .isPositive();
            });
        }
    }

    @Test
    void measuresWhichLimiterDecides() {
        try (RedisServer redis = RedisServer.start(folder);
                RedisRateLimiter shared = redis(redis)) {
            FallbackRateLimiter limiter = FallbackRateLimiter.builder(shared)
                    .probeInterval(Duration.ofMillis(50))
                    .build();
            new RateLimiterMetrics(limiter).bindTo(registry);
            assertThat(state("shared")).isEqualTo(1);
            assertThat(counter("tollgate.redis.outages")).isZero();

            redis.kill();
            Awaitility.await().untilAsserted(() -> {
                decide(limiter, "a");
                assertThat(counter("tollgate.redis.outages")).isEqualTo(1);
            });
            assertThat(state("shared")).isZero();
            assertThat(state("fallback") + state("probing")).isEqualTo(1);

            redis.launch();
            Awaitility.await().untilAsserted(() -> {
                decide(limiter, "a");
                assertThat(state("shared")).isEqualTo(1);
            });
        }
    }

    @Test
    void measuresTheHotKeysThatHaveALeaseAndTheLeasesThatWereTaken() {
        VirtualTime time = new VirtualTime();
        LeasingRateLimiter limiter = LeasingRateLimiter.builder(
                        LocalRateLimiter.builder().time(time).build())
                .tokens(2)
                .duration(Duration.ofMillis(500))
                .hotPerSecond(1)
                .time(time)
                .build();
        new RateLimiterMetrics(limiter).bindTo(registry);

        for (int i = 0; i < 10; i++) {
            decide(limiter, "hot");
            decide(limiter, "hotter");
        }
        assertThat(gauge("tollgate.ratelimit.leases")).isEqualTo(2);
        assertThat(counter("tollgate.ratelimit.leases.taken"))
                .isEqualTo((double) limiter.leases())
                .isGreaterThan(2);

        time.advance(Duration.ofMillis(501));
        assertThat(gauge("tollgate.ratelimit.leases")).isZero();
        assertThat(counter("tollgate.ratelimit.leases.taken")).isGreaterThan(2);
    }

    private static RedisRateLimiter redis(RedisServer server) {
        return RedisRateLimiter.builder()
                .standalone("127.0.0.1", server.port())
                .deadline(Duration.ofSeconds(5))
                .build();
    }

    /** Fails as long as the limiter does. */
    private static void decide(RateLimiter limiter, String key) {
        assertThat(limiter.decide(RateLimitCheck.of("p", key, LIMIT)).toCompletableFuture())
                .succeedsWithin(Duration.ofSeconds(10));
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private double state(String state) {
        return gauge("tollgate.redis.state", "state", state);
    }
}
