package io.tollgate.runner.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import org.junit.jupiter.api.Test;

class PolicyMetersTest {
    private static final RateLimit LIMIT = RateLimit.perMinute(10);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PolicyMeters meters = new PolicyMeters(registry);

    @Test
    void countsPoliciesBeyondTheHundredthTogether() {
        for (int i = 0; i < 250; i++) {
            meters.count(decision("p" + i, true, false, false), true);
            meters.count(decision("p" + i, true, false, false), true);
        }

        assertThat(registry.find("tollgate.ratelimit.decisions").counters()).hasSize(PolicyMeters.MAX_POLICIES + 1);
        assertThat(count("p99", "allowed", "shared")).isEqualTo(2);
        assertThat(count("other", "allowed", "shared")).isEqualTo(300);
    }

    @Test
    void tellsOutcomesAndSourcesApart() {
        meters.count(decision("p", false, false, false), false);
        meters.count(decision("p", false, true, false), true);
        meters.count(decision("p", true, true, true), true);

        assertThat(count("p", "refused", "local")).isEqualTo(1);
        assertThat(count("p", "shadow_refused", "shared")).isEqualTo(1);
        assertThat(count("p", "allowed", "fallback")).isEqualTo(1);
    }

    private double count(String policy, String outcome, String source) {
        Counter counter = registry.find("tollgate.ratelimit.decisions")
                .tags("policy", policy, "outcome", outcome, "source", source)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private static RateLimitDecision decision(String policy, boolean allowed, boolean shadow, boolean fallback) {
        RateLimitCheck check = RateLimitCheck.of(policy, "somebody", LIMIT);
        return new RateLimitDecision(
                shadow ? check.asShadow() : check,
                LIMIT.bandwidths().get(0),
                allowed,
                1,
                0,
                0,
                0,
                0,
                fallback ? RateLimitDecision.Source.FALLBACK : RateLimitDecision.Source.SHARED);
    }
}
