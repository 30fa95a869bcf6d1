package io.tollgate.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.operations.PolicyCounts.Sums;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class PolicyCountsTest {
    private static final Bandwidth LIMIT = Bandwidth.of(10, 10, Duration.ofMinutes(1));

    private final PolicyCounts counts = new PolicyCounts();

    @Test
    void tellsOutcomesApartAndWhichWereDecidedWithoutRedis() {
        RateLimitCheck check = RateLimitCheck.of("default", "user:1", RateLimit.of(LIMIT));
        counts.add(decision(check, true, false));
        counts.add(decision(check, true, true));
        counts.add(decision(check, false, false));
        counts.add(decision(check.asShadow(), false, true));

        assertThat(counts.drain()).isEqualTo(new Sums(2, 1, 1, 2));
        assertThat(counts.drain().none()).as("counted once").isTrue();
    }

    @Test
    void countsManyRejectedKeysTogetherRatherThanKeepThemAll() {
        for (int i = 0; i < 10_000; i++) {
            counts.add(decision(RateLimitCheck.of("default", "user:" + i, RateLimit.of(LIMIT)), false, false));
        }

        Map<String, LongAdder> keys = counts.drainKeys();
        assertThat(keys).hasSizeLessThanOrEqualTo(201).containsKey(PolicyCounts.OTHER_KEYS);
        assertThat(keys.values().stream().mapToLong(LongAdder::sum).sum()).isEqualTo(10_000);
        assertThat(counts.drainKeys()).isEmpty();
    }

    private static RateLimitDecision decision(RateLimitCheck check, boolean allowed, boolean fallback) {
        return new RateLimitDecision(
                check,
                LIMIT,
                allowed,
                0,
                0,
                0,
                0,
                0,
                fallback ? RateLimitDecision.Source.FALLBACK : RateLimitDecision.Source.SHARED);
    }
}
