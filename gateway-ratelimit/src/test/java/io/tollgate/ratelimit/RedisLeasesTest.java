package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Leases of buckets in a real Redis. */
class RedisLeasesTest {
    @Test
    void sharesARedisWithOthersWithinTheLimit() {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter one = RedisRateLimiterContractTest.limiter(redis)
                        .deadline(Duration.ofSeconds(10))
                        .build();
                RedisRateLimiter two = RedisRateLimiterContractTest.limiter(redis)
                        .deadline(Duration.ofSeconds(10))
                        .build()) {
            RateLimit limit = RateLimit.of(Bandwidth.of(2_000, 1, Duration.ofDays(30)));
            RateLimitCheck check = RateLimitCheck.of("p", "hot", limit);
            List<RateLimiter> instances = List.of(
                    LeasingRateLimiter.builder(one).build(),
                    LeasingRateLimiter.builder(two).build());
            List<CompletableFuture<RateLimitDecision>> decisions = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                decisions.add(instances.get(i % 2).decide(check).toCompletableFuture());
                if (i % 32 == 0) {
                    decisions.get(i).join();
                }
            }
            long allowed = decisions.stream().filter(d -> d.join().allowed()).count();
            assertThat(allowed).isBetween(1_980L, 2_000L);
        }
    }
}
