package io.tollgate.examples.benchmarks.report;

import static io.tollgate.examples.benchmarks.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatiosTest {
    @Test
    void takesTheRatioWithinEachPair() {
        String table = Ratios.table(List.of(
                new Pair(run(1, 50), run(1, 40)), new Pair(run(2, 100), run(2, 90)), new Pair(run(3, 60), run(3, 60))));

        assertThat(table.lines().filter(line -> line.startsWith("| CPU us")))
                .containsExactly("| CPU us          |   60.0 |    60.0 | 0.900 | 0.850 to 0.950 |    0.800 to 1.000 |");
    }

    @Test
    void leavesPairsOutOfWhichARunWasDisturbed() {
        String table = Ratios.table(List.of(new Pair(run(1, 50), run(1, 50)), new Pair(run(2, 50), run(2, 200, 0.4))));

        assertThat(table)
                .contains("1.000 to 1.000")
                .contains("2 pairs, 1 of them disturbed; 0 errors; other CPU 40.0 %");
    }
}
