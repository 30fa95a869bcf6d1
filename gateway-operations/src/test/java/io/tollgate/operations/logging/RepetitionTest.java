package io.tollgate.operations.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepetitionTest {
    private static final long WINDOW = 1_000;

    private final Logger logger = new LoggerContext().getLogger("a");
    private long now;
    private final Repetition repetition = new Repetition(2, WINDOW, () -> now);

    @Test
    void letsTheFirstOfAKindPassInEachWindow() {
        assertThat(passed(5, Level.WARN, "w")).isEqualTo(2);
        assertThat(repetition.summaries(false)).isEmpty();

        now = WINDOW;

        assertThat(repetition.summaries(false)).singleElement().satisfies(summary -> {
            assertThat(summary.logger()).isEqualTo("a");
            assertThat(summary.level()).isEqualTo(Level.WARN);
            assertThat(summary.text()).isEqualTo("… 3 more like this: w");
        });
        assertThat(passed(5, Level.WARN, "w")).isEqualTo(2);
    }

    @Test
    void saysNothingOfAWindowInWhichAllPassed() {
        assertThat(passed(2, Level.ERROR, "e")).isEqualTo(2);
        now = WINDOW;

        assertThat(repetition.summaries(false)).isEmpty();
    }

    @Test
    void letsEverythingBelowAWarningPass() {
        assertThat(passed(100, Level.INFO, "i")).isEqualTo(100);
        assertThat(passed(100, Level.DEBUG, "i")).isEqualTo(100);
    }

    @Test
    void tellsAThousandKindsApartAndLetsTheOthersPass() {
        IntStream.range(0, 1_000).forEach(i -> passed(1, Level.WARN, "w" + i));

        assertThat(passed(5, Level.WARN, "w999")).isEqualTo(1);
        assertThat(passed(5, Level.WARN, "one more kind")).isEqualTo(5);
    }

    private long passed(int times, Level level, String message) {
        return IntStream.range(0, times)
                .filter(i -> repetition.passes(new LoggingEvent("test", logger, level, message, null, null)))
                .count();
    }
}
