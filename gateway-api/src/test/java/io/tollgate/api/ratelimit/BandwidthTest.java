package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BandwidthTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void turnsARateIntoExactMillionthsPerPeriod() {
        Bandwidth b = Bandwidth.ofRate(100, new BigDecimal("1.67"), MINUTE);

        assertThat(b.refillMicros()).isEqualTo(100_200_000);
        assertThat(b.tokensPerSecond()).isEqualTo(1.67);
        assertThat(b).hasToString("100 tokens, +100.2 per PT1M");
    }

    @Test
    void namesTheArgumentItsValueAndWhatWouldBeRight() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.of(0, 1, MINUTE))
                .withMessage("capacity: 0 (expected: 1 to 9007199254)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.of(1, 0, MINUTE))
                .withMessage("refillTokens: 0 (expected: 1 to 9007199254)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.of(1, 1, Duration.ofNanos(1_000_001)))
                .withMessage("period: PT0.001000001S (expected: 1 ms to 3650 days, in whole microseconds)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.ofRate(1, new BigDecimal("-1"), MINUTE))
                .withMessageStartingWith("tokensPerSecond: -1 (expected: more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.ofRate(1, new BigDecimal("1e300"), MINUTE))
                .withMessageStartingWith("tokensPerSecond: 1E+300 (expected: more than 0");
    }

    @Test
    void holdsNumbersThatADoubleHoldsToo() {
        assertThat(Bandwidth.MAX_CAPACITY * Bandwidth.MICROS_PER_TOKEN).isLessThan(1L << 53);
        assertThatIllegalArgumentException().isThrownBy(() -> Bandwidth.of(Bandwidth.MAX_CAPACITY + 1, 1, MINUTE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bandwidth.of(Bandwidth.MAX_CAPACITY, 1, Duration.ofDays(3650)))
                .withMessageContaining("within 285 years");
    }
}
