package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.ratelimit.FallbackRateLimiter.State;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole stack, a fallback over leases over Redis, with hot keys whose tokens come and go while Redis is in trouble. */
class RedisStackFaultsTest {
    private final RedisProcess redis = RedisProcess.start();
    private final RedisRateLimiter shared = RedisRateLimiterContractTest.limiter(redis)
            .readTimeout(Duration.ofSeconds(1))
            .build();
    private final LeasingRateLimiter leasing =
            LeasingRateLimiter.builder(shared).hotPerSecond(5).build();
    private final FallbackRateLimiter limiter = FallbackRateLimiter.builder(leasing)
            .probeInterval(Duration.ofMillis(100))
            .build();
    private final Load load = new Load(limiter, RateLimit.of(Bandwidth.of(100, 100, Duration.ofSeconds(1))), 2);

    @BeforeEach
    void warmUp() {
        load.start();
        load.awaitDecisions(500, false);
    }

    @AfterEach
    void tearDown() {
        load.close();
        shared.close();
        redis.close();
    }

    @Test
    void killedAndRestartedEmpty() {
        redis.kill();
        awaitOutage();
        load.awaitDecisions(500, true);
        redis.launchAgain();
        awaitRecovery();
        // Once shared, once local, and once more because it came back empty.
        load.stopAndVerify("stack, killed, restarted empty", 3);
        assertThat(leasing.leasedDecisions()).isPositive();
    }

    @Test
    void stoppedAndContinued() {
        redis.suspend();
        awaitOutage();
        load.awaitDecisions(500, true);
        redis.resume();
        awaitRecovery();
        load.stopAndVerify("stack, stopped, continued", 2);
        assertThat(leasing.leasedDecisions()).isPositive();
    }

    private void awaitOutage() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> limiter.state() != State.SHARED);
    }

    private void awaitRecovery() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> limiter.state() == State.SHARED);
        load.awaitDecisions(500, false);
    }
}
