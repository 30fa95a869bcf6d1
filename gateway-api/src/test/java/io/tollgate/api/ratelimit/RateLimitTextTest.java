package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTextTest {
    @ParameterizedTest
    @CsvSource({
        "10/s, 10, PT1S",
        "10/second, 10, PT1S",
        "600 / minute, 600, PT1M",
        "600/m, 600, PT1M",
        "600/min, 600, PT1M",
        "' 7/h ', 7, PT1H",
        "1000/day, 1000, PT24H",
        "1000/d, 1000, PT24H",
        "50/15m, 50, PT15M",
        "50/15 minutes, 50, PT15M",
        "5/1h30m, 5, PT1H30M",
        "5/1.5h, 5, PT1H30M",
        "3/500ms, 3, PT0.5S",
        "3/1500us, 3, PT0.0015S",
        "3/1500\u00b5s, 3, PT0.0015S",
        "9007199254/3650d, 9007199254, PT87600H",
    })
    void readsTokensPerPeriod(String text, long tokens, Duration period) {
        assertThat(RateLimit.parse(text)).isEqualTo(RateLimit.per(period, tokens));
    }

    @Test
    void readsSeveralWindows() {
        assertThat(RateLimit.parse("10/s, 1000/day"))
                .isEqualTo(RateLimit.perSecond(10).and(RateLimit.perDay(1_000)));
        assertThat(RateLimit.parse("1/s,2/s,3/s,4/s,5/s,6/s,7/s,8/s").bandwidths())
                .hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10",
                "/s",
                "10/",
                "10/fortnight",
                "10/S",
                "1000 a day",
                "0/s",
                "-1/s",
                "1.5/s",
                "9007199255/s",
                "99999999999/s",
                "10/0s",
                "10/3651d",
                "10/1ns",
                "10/15",
                "10/1h 30",
                "10/999999999999999999d",
                "10/s,",
                ",10/s",
                "10/s;5/m",
                "10/s 5/m",
            })
    void namesWhatIsWrongAndWhatIsExpected(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "limit: \"" + text
                                + "\" (expected: tokens per period such as 1000/day, 10/s or 50/15m; several separated by commas)");
    }

    @Test
    void rejectsMoreWindowsThanALimitHas() {
        assertThatThrownBy(() -> RateLimit.parse("1/s,".repeat(8) + "1/s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit: 9 windows (expected: 1 to 8)");
        assertThatThrownBy(() -> RateLimit.parse("1/s,".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("limit: \"1/s,1/s,")
                .hasMessageContaining("…\" (expected: tokens per period")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "1m30s, PT1M30S",
        "500 ms, PT0.5S",
        "36h, PT36H",
        "0.5 days, PT12H",
        "2 nanos, PT0.000000002S"
    })
    void readsPeriods(String text, Duration period) {
        assertThat(RateLimit.parsePeriod(text)).isEqualTo(period);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 parsecs", "1h-30m", "999999999999999999d", "5s5"})
    void namesWhatIsNoPeriod(String text) {
        assertThatThrownBy(() -> RateLimit.parsePeriod(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("period: \"" + text
                        + "\" (expected: a duration with its unit such as 500ms, 10s, 15m, 1h30m or 1d)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10/s", "10/s, 1000/d", "50/15m", "5/1h30m", "3/500ms", "2/2d", "4/1m1s1ms1us", "9/h"})
    void writesTheTextThatItReads(String text) {
        assertThat(RateLimit.parse(text)).hasToString(text);
    }

    @Test
    void describesAWindowThatHasNoText() {
        RateLimit limit = RateLimit.of(
                Bandwidth.of(10, 10, Duration.ofSeconds(1)),
                Bandwidth.ofRate(100, new BigDecimal("1.67"), Duration.ofMinutes(1)),
                Bandwidth.of(5, 5, Duration.ofHours(1)).withRefill(Refill.INTERVAL));

        assertThat(limit).hasToString("10/s, (100 tokens, +100.2 per PT1M), (5 tokens, +5 per PT1H at once)");
    }
}
