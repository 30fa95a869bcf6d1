package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.testkit.VirtualTime;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Millions of decisions, after which not a fraction of a token is lost, nor a spent key forgotten. */
class LocalRateLimiterLongRunTest {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter limiter = Limiters.local(time);

    @Test
    void losesNoFractionInAnHourOfQuestions() {
        RateLimitCheck check =
                check(RateLimit.of(Bandwidth.ofRate(1_000_000, new BigDecimal("0.17"), Duration.ofSeconds(1))));
        assertThat(ask(check.withCost(1_000_000)).allowed()).isTrue();
        RateLimitCheck look = check.withCost(0);
        for (int i = 0; i < 3_600_000; i++) {
            time.advance(Duration.ofNanos(999_999 + i % 3));
            ask(look);
        }
        // 0.17/s x 3,600 s; a fraction lost per question would be 3,600,000 of them.
        assertThat(ask(check.withCost(0)).remaining()).isEqualTo(612);
    }

    @Test
    void losesNoFractionWhenAskedEveryMicrosecond() {
        RateLimitCheck slow =
                check(RateLimit.of(Bandwidth.ofRate(1_000_000, new BigDecimal("0.17"), Duration.ofSeconds(1))));
        RateLimitCheck fast = RateLimitCheck.of("p", "fast", RateLimit.perSecond(1_000_000));
        ask(slow.withCost(1_000_000));
        ask(fast.withCost(1_000_000));
        RateLimitCheck look = slow.withCost(0);
        int refused = 0;
        for (int i = 0; i < 6_000_000; i++) {
            time.advance(Duration.ofNanos(1_000));
            ask(look);
            refused += ask(fast).allowed() ? 0 : 1;
        }
        assertThat(refused).isZero();
        assertThat(ask(fast).allowed()).isFalse();
        time.advance(Duration.ofHours(1).minusSeconds(6));
        assertThat(ask(slow.withCost(0)).remaining()).isEqualTo(612);
    }

    @Test
    void boundsItsMemoryAndKeepsTheSpentKeys() {
        LocalRateLimiter small = Limiters.local(time, 1_000);
        RateLimit limit = RateLimit.perDay(100);
        for (int i = 0; i < 100; i++) {
            small.decideNow(RateLimitCheck.of("p", "spent" + i, limit).withCost(100));
        }
        for (int i = 0; i < 300_000; i++) {
            small.decideNow(RateLimitCheck.of("p", "flood" + i, limit));
        }
        assertThat(small.size()).isEqualTo(1_000);
        assertThat(small.evictions()).isEqualTo(299_100);
        for (int i = 0; i < 100; i++) {
            assertThat(small.decideNow(RateLimitCheck.of("p", "spent" + i, limit))
                            .allowed())
                    .isFalse();
        }
    }

    private RateLimitCheck check(RateLimit limit) {
        return RateLimitCheck.of("p", "k", limit);
    }

    private RateLimitDecision ask(RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }
}
