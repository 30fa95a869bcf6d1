package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Small parts of the limiters: their clock, values of limits, and reasons of outages. */
class LimiterPartsTest {
    private static final Duration NANO = Duration.ofNanos(1);

    private final VirtualTime virtual = new VirtualTime();

    // The wall clock

    @Test
    void addsWhatPassedToTheLastReadingOfTheWallClock() {
        Time time = new Time(virtual);
        long start = Time.epochMicros(virtual.now());

        assertThat(time.epochMicrosAt(virtual.nanoTime())).isEqualTo(start);
        virtual.advance(Duration.ofMillis(700));
        assertThat(time.epochMicrosAt(virtual.nanoTime())).isEqualTo(start + 700_000);
        assertThat(time.epochMicrosAt(virtual.nanoTime() + 999)).isEqualTo(start + 700_000);
    }

    @Test
    void readsTheWallClockOnceASecond() {
        Time time = new Time(virtual);
        long start = Time.epochMicros(virtual.now());
        virtual.jump(Duration.ofHours(1));

        virtual.advance(Duration.ofSeconds(1));
        assertThat(time.epochMicrosAt(virtual.nanoTime())).isEqualTo(start + 1_000_000);
        virtual.advance(NANO);
        assertThat(time.epochMicrosAt(virtual.nanoTime())).isEqualTo(start + 3_601_000_000L);

        virtual.jump(Duration.ofHours(1));
        virtual.advance(Duration.ofSeconds(1));
        assertThat(time.epochMicrosAt(virtual.nanoTime())).isEqualTo(start + 3_602_000_000L);
    }

    @Test
    void readsTheWallClockAnewIfTheMonotonicOneGoesBack() {
        Time time = new Time(virtual);
        virtual.jump(Duration.ofHours(1));
        long same = virtual.nanoTime();
        assertThat(time.epochMicrosAt(same)).as("no time has passed").isEqualTo(micros("2026-01-01T00:00:00Z"));

        virtual.advance(NANO.negated());

        assertThat(time.epochMicrosAt(virtual.nanoTime())).isEqualTo(micros("2026-01-01T00:59:59.999999Z"));
    }

    private static long micros(String time) {
        return Time.epochMicros(Instant.parse(time));
    }

    // Values of limits

    @Test
    void computesAValueOnceForEachLimitUntilThereAreAThousand() {
        List<RateLimit> computed = new ArrayList<>();
        PerLimit<String> values = new PerLimit<>(limit -> {
            computed.add(limit);
            return limit.toString();
        });
        for (int tokens = 1; tokens <= 1_000; tokens++) {
            assertThat(values.of(RateLimit.perDay(tokens))).isEqualTo(tokens + "/d");
        }
        assertThat(values.of(RateLimit.perDay(1))).isEqualTo("1/d");
        assertThat(computed).hasSize(1_000);

        values.of(RateLimit.perDay(1_001));

        assertThat(values.of(RateLimit.perDay(1))).as("computed anew").isEqualTo("1/d");
        assertThat(computed).hasSize(1_002);
    }

    // Reasons of outages

    @Test
    void namesTheReasonOfAnOutageAndItsCause() {
        assertThat(Outages.reason(Outages.of("down"))).isEqualTo("down");
        assertThat(Outages.reason(Outages.of("down", new IOException("reset")))).isEqualTo("down: reset");
    }

    @Test
    void unwrapsWhatStagesAndErrorsAdd() {
        IllegalStateException bug = new IllegalStateException("bug", new IOException("reset"));

        assertThat(Outages.reason(bug)).isEqualTo("bug: reset");
        assertThat(Outages.reason(new CompletionException(bug))).isEqualTo("bug: reset");
        assertThat(Outages.reason(new CompletionException(Outages.of("down")))).isEqualTo("down");
    }

    @Test
    void namesAnErrorWithoutACause() {
        GatewayException bare = GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "No limiter.");

        assertThat(Outages.reason(bare)).isEqualTo(bare.getMessage());
        assertThat(Outages.reason(new CompletionException("alone", null))).isEqualTo("alone");
    }
}
