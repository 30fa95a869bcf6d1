package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The same with the whole stack, a fallback over leases over Redis, and with hot keys whose tokens come and go. */
class RedisStackFaultsTest extends RedisFaultsTest {
    private LeasingRateLimiter leasing;

    @Override
    RateLimiter behindTheFallback(RateLimiter redisLimiter) {
        leasing = LeasingRateLimiter.builder(redisLimiter).hotPerSecond(5).build();
        return leasing;
    }

    @Override
    Load loadOn(RateLimiter tested) {
        return new Load(tested, RateLimit.of(Bandwidth.of(100, 100, Duration.ofSeconds(1))), 2);
    }

    @AfterEach
    void someDecisionsWereMadeFromLeases() {
        assertThat(leasing.leasedDecisions()).isPositive();
    }
}
