package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.FallbackRateLimiter.State;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Decisions while Redis is in trouble: every request gets one, and no key gets more than twice its limit. */
class RedisFaultsTest {
    private final RedisProcess redis = RedisProcess.start();
    private final RedisRateLimiter shared = RedisRateLimiterContractTest.limiter(redis)
            .readTimeout(Duration.ofSeconds(1))
            .build();
    private FallbackRateLimiter limiter;
    private Load load;

    /** Returns the limiter that the fallback stands in for, which may be one in front of {@code redisLimiter}. */
    RateLimiter behindTheFallback(RateLimiter redisLimiter) {
        return redisLimiter;
    }

    Load loadOn(RateLimiter tested) {
        return new Load(tested, RateLimit.of(Bandwidth.of(20, 5, Duration.ofSeconds(1))), 10);
    }

    @BeforeEach
    void warmUp() {
        limiter = FallbackRateLimiter.builder(behindTheFallback(shared))
                .probeInterval(Duration.ofMillis(100))
                .build();
        load = loadOn(limiter);
        load.start();
        load.awaitDecisions(200, false);
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
        stopAndVerify("killed, restarted empty", 3);
    }

    @Test
    void stoppedAndContinued() {
        redis.suspend();
        awaitOutage();
        load.awaitDecisions(500, true);
        redis.resume();
        awaitRecovery();
        stopAndVerify("stopped, continued", 2);
    }

    @Test
    void madeReadOnly() {
        try (Jedis jedis = redis.client()) {
            jedis.replicaof("127.0.0.1", 1);
            awaitOutage();
            load.awaitDecisions(500, true);
            jedis.replicaofNoOne();
        }
        awaitRecovery();
        stopAndVerify("made read-only", 2);
    }

    @Test
    void givenAnotherPassword() {
        try (Jedis jedis = redis.client()) {
            jedis.configSet("requirepass", "another");
            jedis.auth("another");
            jedis.sendCommand(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
            awaitOutage();
            load.awaitDecisions(500, true);
            jedis.configSet("requirepass", "");
        }
        awaitRecovery();
        stopAndVerify("given another password", 2);
    }

    @Test
    void emptied() {
        try (Jedis jedis = redis.client()) {
            jedis.flushAll();
            jedis.scriptFlush();
        }
        load.awaitDecisions(500, false);
        assertThat(limiter.state()).isEqualTo(State.SHARED);
        stopAndVerify("emptied", 3);
    }

    @Test
    void cutOffForAMoment() {
        try (Jedis jedis = redis.client()) {
            jedis.sendCommand(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        awaitRecovery();
        stopAndVerify("connections killed", 2);
    }

    private void stopAndVerify(String what, int factor) {
        load.stopAndVerify(getClass().getSimpleName() + ", " + what, factor);
    }

    private void awaitOutage() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> limiter.state() != State.SHARED);
    }

    private void awaitRecovery() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> limiter.state() == State.SHARED);
        load.awaitDecisions(500, false);
    }
}
