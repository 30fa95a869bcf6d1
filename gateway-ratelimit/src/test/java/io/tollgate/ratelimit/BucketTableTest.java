package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Which buckets make room for others. The fullest of a random sample of 16 does; each test has so many of those that may go
 * that a sample without one does not happen.
 */
class BucketTableTest {
    private static final RateLimit LIMIT = RateLimit.perDay(100);

    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter limiter = Limiters.local(time, 100);

    @Test
    void evictsBucketsThatLackLittleBeforeAnyThatIsSpent() {
        spend("spent", 10, LIMIT, 100);

        spend("flood", 3_000, LIMIT, 1);

        assertThat(limiter.size()).isEqualTo(100);
        assertThat(limiter.evictions()).isEqualTo(2_910);
        assertSpent("spent", 10, LIMIT);
    }

    @Test
    void evictsTheFullestIfAllLackMuch() {
        spend("spent", 10, LIMIT, 100);

        spend("flood", 3_000, LIMIT, 50);

        assertThat(limiter.size()).isEqualTo(100);
        assertSpent("spent", 10, LIMIT);
    }

    @Test
    void evictsBucketsThatHaveRefilledSinceTheyWereSpent() {
        spend("yesterday", 90, LIMIT, 100);
        time.advance(Duration.ofDays(1));
        spend("today", 10, LIMIT, 50);

        spend("more", 20, LIMIT, 100);

        for (int i = 0; i < 10; i++) {
            assertThat(limiter.decideNow(check("today" + i, LIMIT).withCost(0)).remaining())
                    .isEqualTo(50);
        }
        assertSpent("more", 20, LIMIT);
    }

    @Test
    void keepsBucketsOfWhichOneWindowIsSpent() {
        RateLimit both = RateLimit.perDay(10).and(RateLimit.perSecond(10));
        spend("spent", 10, both, 10);
        time.advance(Duration.ofSeconds(1));

        spend("flood", 3_000, LIMIT, 50);

        assertSpent("spent", 10, both);
    }

    @Test
    void tellsAThreadThatHoldsAnEvictedBucketToTakeAnother() {
        Time clock = new Time(time);
        BucketTable one = new BucketTable(1, clock);
        Bucket evicted = one.get(new BucketKey("p", "a"), LIMIT);
        Bucket present = one.get(new BucketKey("p", "b"), LIMIT);
        RateLimitCheck check = check("a", LIMIT);

        assertThat(evicted.decide(check, check, Source.LOCAL, clock)).isNull();
        assertThat(present.decide(check, check, Source.LOCAL, clock)).isNotNull();
        assertThat(one.find(new BucketKey("p", "a"))).isNull();
    }

    private void spend(String name, int keys, RateLimit limit, long cost) {
        for (int i = 0; i < keys; i++) {
            assertThat(limiter.decideNow(check(name + i, limit).withCost(cost)).allowed())
                    .isTrue();
        }
    }

    private void assertSpent(String name, int keys, RateLimit limit) {
        for (int i = 0; i < keys; i++) {
            assertThat(limiter.decideNow(check(name + i, limit)).allowed())
                    .as(name + i)
                    .isFalse();
        }
    }

    private static RateLimitCheck check(String key, RateLimit limit) {
        return RateLimitCheck.of("p", key, limit);
    }
}
