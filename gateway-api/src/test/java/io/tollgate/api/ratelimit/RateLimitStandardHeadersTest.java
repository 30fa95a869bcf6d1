package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateLimitStandardHeadersTest {
    private static final RateLimit DAILY = RateLimit.perDay(1_000);
    private static final RateLimit BOTH = RateLimit.perSecond(10).and(DAILY);

    @Test
    void tellsEveryPolicyThatApplied() {
        assertThat(headers(
                        decision("default", RateLimit.perMinute(100), 0, 50, 600_000_001),
                        decision("daily", DAILY, 0, 7, 30_000_000_000L)))
                .containsExactly(
                        Map.entry("RateLimit-Policy", "\"default\";q=100;w=60, \"daily\";q=1000;w=86400"),
                        Map.entry("RateLimit", "\"default\";r=50;t=1, \"daily\";r=7;t=30"));
    }

    @Test
    void namesTheWindowsOfAPolicyThatHasSeveral() {
        assertThat(headers(decision("p", BOTH, 1, 7, 0)))
                .containsEntry("RateLimit-Policy", "\"p.1\";q=10;w=1, \"p.2\";q=1000;w=86400")
                .containsEntry("RateLimit", "\"p.2\";r=7;t=0");
    }

    @Test
    void leavesOutAPeriodThatIsNotWholeSeconds() {
        assertThat(headers(decision("p", RateLimit.per(Duration.ofMillis(1_500), 3), 0, 3, 0)))
                .containsEntry("RateLimit-Policy", "\"p\";q=3");
    }

    @Test
    void saysNothingOfShadows() {
        assertThat(headers(decision(
                        RateLimitCheck.of("p", "k", DAILY).asShadow(),
                        DAILY.bandwidths().get(0),
                        7,
                        0)))
                .isEmpty();
        assertThat(headers()).isEmpty();
    }

    @Test
    void tellsTheLaterAnswerOfAPolicyThatWasAskedTwice() {
        assertThat(headers(decision("p", DAILY, 0, 8, 1), decision("p", DAILY, 0, 7, 1)))
                .containsEntry("RateLimit", "\"p\";r=7;t=1");
    }

    @Test
    void tellsTheShareThatAnInstanceEnforcesInAnOutage() {
        Bandwidth share = Bandwidth.of(333, 333, Duration.ofDays(1));
        assertThat(headers(decision(RateLimitCheck.of("p", "k", BOTH), share, 300, 1)))
                .containsEntry("RateLimit-Policy", "\"p\";q=333;w=86400")
                .containsEntry("RateLimit", "\"p\";r=300;t=1");
    }

    private static RateLimitDecision decision(String policy, RateLimit limit, int ruling, long remaining, long next) {
        return decision(
                RateLimitCheck.of(policy, "k", limit), limit.bandwidths().get(ruling), remaining, next);
    }

    private static RateLimitDecision decision(RateLimitCheck check, Bandwidth ruling, long remaining, long next) {
        return new RateLimitDecision(check, ruling, true, remaining, 0, next, next, 0, RateLimitDecision.Source.LOCAL);
    }

    private static Map<String, String> headers(RateLimitDecision... decisions) {
        Map<String, String> headers = new LinkedHashMap<>();
        RateLimitHeaders.writeStandard(new RateLimitDecisions(List.of(decisions)), headers::put);
        return headers;
    }
}
