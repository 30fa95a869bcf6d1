package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateLimitDecisionTest {
    private static final Bandwidth CONTRACT = Bandwidth.ofRate(100, new BigDecimal("1.67"), Duration.ofMinutes(1));
    private static final RateLimitCheck CHECK = RateLimitCheck.of("default", "user:1", RateLimit.of(CONTRACT));
    private static final long NOON_MICROS =
            Instant.parse("2024-01-01T12:00:00.5Z").toEpochMilli() * 1000;

    @Test
    void rendersTheFourHeadersOfTheContract() {
        Map<String, String> headers = new LinkedHashMap<>();

        RateLimitHeaders.write(decision(true, 42, 600_000_000, 0), headers::put);

        assertThat(headers)
                .containsExactly(
                        Map.entry("X-RateLimit-Limit", "100"),
                        Map.entry("X-RateLimit-Remaining", "42"),
                        Map.entry("X-RateLimit-Reset", seconds("2024-01-01T12:00:02Z")),
                        Map.entry("X-RateLimit-RefillRate", "1.67"));
    }

    @Test
    void resetsAtTheSecondInWhichTheNextTokenArrivesRoundedUp() {
        assertThat(reset(500_000_000)).isEqualTo(seconds("2024-01-01T12:00:01Z"));
        assertThat(reset(500_000_001)).isEqualTo(seconds("2024-01-01T12:00:02Z"));
        assertThat(reset(0)).isEqualTo(seconds("2024-01-01T12:00:01Z"));
    }

    @Test
    void survivesAWaitOfCenturies() {
        assertThat(Long.parseLong(reset(Long.MAX_VALUE))).isGreaterThan(10_900_000_000L);
    }

    @Test
    void answersARefusalWithTheDetailsOfTheContract() {
        GatewayException e = decision(false, 0, 500_000_000, 598_802_395).toException();

        assertThat(e.code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(e.details())
                .containsExactly(
                        Map.entry("remaining_tokens", 0L),
                        Map.entry("next_refill", "2024-01-01T12:00:01Z"),
                        Map.entry("capacity", 100L),
                        Map.entry("refill_rate", 1.67));
        assertThat(e.headers()).containsEntry("Retry-After", "1");
    }

    @Test
    void aShadowNeverRefuses() {
        RateLimitDecision d = new RateLimitDecision(
                CHECK.asShadow(), CONTRACT, false, 0, NOON_MICROS, 1, 1, 1, RateLimitDecision.Source.LOCAL);

        assertThat(d.rejects()).isFalse();
    }

    @Test
    void formatsRatesAsTheLibraryWould() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            double value = BigDecimal.valueOf(random.nextInt(1_000_000), random.nextInt(5))
                    .doubleValue();
            assertThat(Math.abs(Double.parseDouble(RateLimitHeaders.twoDecimals(value))
                            - Double.parseDouble(String.format(Locale.ROOT, "%.2f", value))))
                    .as("seed %d, value %s", seed, value)
                    .isLessThan(0.011);
        }
        assertThat(RateLimitHeaders.twoDecimals(0)).isEqualTo("0.00");
        assertThat(RateLimitHeaders.twoDecimals(0.05)).isEqualTo("0.05");
        assertThat(RateLimitHeaders.twoDecimals(1_000_000)).isEqualTo("1000000.00");
        assertThat(RateLimitHeaders.twoDecimals(9e15)).isEqualTo("9000000000000000.00");
    }

    @Test
    void refusesACheckThatNoLimitCouldPass() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CHECK.withCost(101))
                .withMessage("cost: 101 (expected: 0 to the capacity, 100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimitCheck.of("Default", "k", CHECK.limit()))
                .withMessage("policy: \"Default\" (expected: [a-z0-9_-]{1,64})");
    }

    @Test
    void implementersMakeAnAllowanceOfWhatIsLeft() {
        Instant now = Instant.parse("2024-01-01T12:00:00.5Z");

        RateLimitDecision d = RateLimitDecision.allowed(
                RateLimitCheck.of("default", "user:1", RateLimit.perMinute(60).and(RateLimit.perDay(1_000))), 58, now);

        assertThat(d.allowed()).isTrue();
        assertThat(d.bandwidth())
                .as("the smallest window")
                .isEqualTo(RateLimit.perMinute(60).bandwidths().get(0));
        assertThat(d.remaining()).isEqualTo(58);
        assertThat(d.nextTokenAt()).isEqualTo(now.plusSeconds(1));
        assertThat(d.fullNanos()).isEqualTo(2_000_000_000L);
        assertThat(d.retryAfter()).isZero();
        assertThat(d.source()).isEqualTo(RateLimitDecision.Source.LOCAL);
        assertThat(d.refundable()).isTrue();
        assertThat(d.withSource(RateLimitDecision.Source.ASSUMED).refundable()).isFalse();
        assertThat(d.withSource(RateLimitDecision.Source.ASSUMED).fallback()).isTrue();
    }

    @Test
    void anAllowanceOfAFullBucketWaitsForNothing() {
        RateLimitDecision d = RateLimitDecision.allowed(
                RateLimitCheck.of("default", "user:1", RateLimit.perMinute(60)).withCost(0), 1_000, Instant.EPOCH);

        assertThat(d.remaining()).as("no more than the capacity").isEqualTo(60);
        assertThat(d.nextTokenAt()).isEqualTo(Instant.EPOCH);
        assertThat(d.fullNanos()).isZero();
        assertThat(d.shareLeft()).isEqualTo(1);
        assertThat(d.refundable()).as("it took nothing").isFalse();
    }

    @Test
    void implementersMakeARejectionOfTheWait() {
        Instant now = Instant.parse("2024-01-01T12:00:00.5Z");

        RateLimitDecision d = RateLimitDecision.rejected(
                RateLimitCheck.of("default", "user:1", RateLimit.perMinute(60)).withCost(5),
                Duration.ofMillis(4_200),
                now);

        assertThat(d.rejects()).isTrue();
        assertThat(d.remaining()).isZero();
        assertThat(d.retryAfter()).isEqualTo(Duration.ofMillis(4_200));
        assertThat(d.nextTokenAt()).isEqualTo(now.plusSeconds(1));
        assertThat(d.fullNanos()).isEqualTo(60_000_000_000L);
        assertThat(d.refundable()).isFalse();
        assertThat(d.toException().headers()).containsEntry("Retry-After", "5");
    }

    @Test
    void aRejectionMayLastForEver() {
        RateLimitDecision d = RateLimitDecision.rejected(CHECK, Duration.ofSeconds(Long.MAX_VALUE), Instant.EPOCH);

        assertThat(d.retryAfter()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
        assertThat(d.toException().headers()).containsEntry("Retry-After", "9223372037");
    }

    @Test
    void whatIsNegativeIsNoDecision() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimitDecision.rejected(CHECK, Duration.ofNanos(-1), Instant.EPOCH))
                .withMessage("retryAfter: PT-0.000000001S (expected: not negative)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimitDecision.allowed(CHECK, -1, Instant.EPOCH))
                .withMessageStartingWith("remaining: -1");
    }

    private static RateLimitDecision decision(boolean allowed, long remaining, long nextNanos, long retryNanos) {
        return new RateLimitDecision(
                CHECK,
                CONTRACT,
                allowed,
                remaining,
                NOON_MICROS,
                nextNanos,
                nextNanos,
                retryNanos,
                RateLimitDecision.Source.LOCAL);
    }

    private static String reset(long nextTokenNanos) {
        Map<String, String> headers = new LinkedHashMap<>();
        RateLimitHeaders.write(decision(true, 1, nextTokenNanos, 0), headers::put);
        return headers.get(RateLimitHeaders.RESET);
    }

    private static String seconds(String instant) {
        return Long.toString(Instant.parse(instant).getEpochSecond());
    }
}
