package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.RateLimiterContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@SuppressWarnings("NullAway.Init")
class RedisRateLimiterContractTest extends RateLimiterContract {
    private static RedisProcess redis;
    private static List<RateLimiter> instances;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        instances = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            instances.add(limiter(redis).deadline(Duration.ofSeconds(10)).build());
        }
    }

    @AfterAll
    static void stop() {
        instances.forEach(limiter -> ((RedisRateLimiter) limiter).close());
        redis.close();
    }

    static RedisRateLimiter.Builder limiter(RedisProcess redis) {
        return RedisRateLimiter.builder().standalone("127.0.0.1", redis.port());
    }

    @Override
    protected RateLimiter limiter() {
        return instances.get(0);
    }

    @Override
    protected List<RateLimiter> limiters(int count) {
        return instances.subList(0, count);
    }

    @Override
    protected void advance(Duration by) {
        RedisTime.advance(redis, by);
    }

    @Override
    protected boolean supportsOutages() {
        return true;
    }

    @Override
    protected void breakStore() {
        redis.suspend();
    }

    @Override
    protected void repairStore() {
        redis.resume();
    }
}
