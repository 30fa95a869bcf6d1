package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateLimitHeadersTest {
    private static final RateLimitCheck MINUTE = RateLimitCheck.of("default", "user:1", RateLimit.perMinute(100));
    private static final RateLimitCheck DAY = RateLimitCheck.of("per_day-2", "user:1", RateLimit.perDay(1000));

    @Test
    void listsEveryPolicyThatAppliedInItsOrder() {
        Map<String, String> fields = standard(decision(MINUTE, 42, 600_000_000), decision(DAY, 999, 86_400_000_000L));

        assertThat(fields)
                .containsExactly(
                        Map.entry("RateLimit-Policy", "\"default\";q=100;w=60, \"per_day-2\";q=1000;w=86400"),
                        Map.entry("RateLimit", "\"default\";r=42;t=1, \"per_day-2\";r=999;t=87"));
    }

    @Test
    void leavesOutShadowsAndSaysNothingWhereThereIsNothingElse() {
        assertThat(standard(decision(DAY.asShadow(), 1, 1))).isEmpty();
        assertThat(standard()).isEmpty();
        assertThat(standard(decision(DAY.asShadow(), 1, 1), decision(MINUTE, 1, 0)))
                .containsEntry("RateLimit", "\"default\";r=1;t=0");
    }

    @Test
    void tellsOfAPolicyOnceWithItsLatestDecision() {
        assertThat(standard(decision(MINUTE.withCost(0), 42, 1), decision(MINUTE, 41, 1)))
                .containsEntry("RateLimit", "\"default\";r=41;t=1");
        assertThat(standard(decision(MINUTE, 41, 1), decision(MINUTE, 45, 1)))
                .as("a later decision, after a refill")
                .containsEntry("RateLimit", "\"default\";r=45;t=1");
    }

    @Test
    void tellsOfTheKeyWithTheLeastLeftWhereAPolicyHasSeveral() {
        RateLimitCheck other = RateLimitCheck.of("default", "ip:192.0.2.1", MINUTE.limit());

        assertThat(standard(decision(MINUTE, 42, 1), decision(other, 7, 1)))
                .containsEntry("RateLimit", "\"default\";r=7;t=1");
        assertThat(standard(decision(other, 7, 1), decision(MINUTE, 42, 1)))
                .containsEntry("RateLimit", "\"default\";r=7;t=1");
    }

    @Test
    void namesWindowsInWholeSecondsAtLeastOne() {
        RateLimitCheck quick = RateLimitCheck.of("quick", "global", RateLimit.per(Duration.ofMillis(100), 5));

        assertThat(standard(decision(quick, 4, Long.MAX_VALUE)))
                .containsEntry("RateLimit-Policy", "\"quick\";q=5;w=1")
                .containsEntry("RateLimit", "\"quick\";r=4;t=9223372037");
    }

    private static RateLimitDecision decision(RateLimitCheck check, long remaining, long nextNanos) {
        Bandwidth ruling = check.limit().bandwidths().get(0);
        return new RateLimitDecision(check, ruling, true, remaining, 0, nextNanos, nextNanos, 0, false);
    }

    private static Map<String, String> standard(RateLimitDecision... decisions) {
        Map<String, String> fields = new LinkedHashMap<>();
        RateLimitHeaders.writeStandard(new RateLimitVerdict(List.of(decisions)), fields::put);
        return fields;
    }
}
