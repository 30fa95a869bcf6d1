package io.tollgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private final Instant start = Instant.parse("2030-01-01T00:00:00Z");
    private final VirtualTime time = new VirtualTime(start);

    @Test
    void standsStillUntilItIsAdvanced() {
        long before = time.nanoTime();
        assertThat(time.now()).isEqualTo(start);

        time.advance(Duration.ofSeconds(90).plusNanos(1));

        assertThat(time.nanoTime() - before).isEqualTo(90_000_000_001L);
        assertThat(time.now()).isEqualTo(start.plusSeconds(90).plusNanos(1));
        assertThat(time).hasToString("VirtualTime[2030-01-01T00:01:30.000000001Z]");
    }

    @Test
    void hasAMonotonicClockOfEitherSign() {
        assertThat(time.nanoTime()).isNegative();

        time.advance(Duration.ofSeconds(6));

        assertThat(time.nanoTime()).isPositive();
    }

    @Test
    void jumpsWithItsWallClockAlone() {
        long before = time.nanoTime();

        time.jump(Duration.ofHours(-1));

        assertThat(time.now()).isEqualTo(start.minusSeconds(3_600));
        assertThat(time.nanoTime()).isEqualTo(before);
    }

    @Test
    void goesBackAsABrokenClockDoes() {
        long before = time.nanoTime();

        time.advance(Duration.ofMillis(-1));

        assertThat(time.nanoTime()).isEqualTo(before - 1_000_000);
        assertThat(time.now()).isEqualTo(start.minusMillis(1));
    }

    @Test
    void losesNothingThatThreadsAdvanceAtOnce() throws Exception {
        long before = time.nanoTime();
        AtomicInteger advances = new AtomicInteger();

        Stages.onThreads(8, () -> {
            for (int i = 0; i < 1_000; i++) {
                time.advance(Duration.ofNanos(1));
            }
            return advances.incrementAndGet();
        });

        assertThat(time.nanoTime() - before).isEqualTo(8_000);
        assertThat(time.now()).isEqualTo(start.plusNanos(8_000));
    }
}
