package io.tollgate.examples.benchmarks.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.examples.benchmarks.report.Spread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedFiguresTest {
    private final CommittedFigures committed = new CommittedFigures(25_000, 2.0);

    @TempDir
    Path folder;

    @Test
    void passesUpToTheTolerance() {
        GuardVerdict verdict = committed.judge(spread(26_250), spread(2.4), 0, 0);

        assertThat(verdict.passes()).isTrue();
        assertThat(verdict.text()).isEqualTo("""
                        ok      allocated bytes per purchase: 26,250 (26,250 to 26,250); committed 25,000, allowed 26,250 (+5 %)
                        ok      CPU per purchase, x floor: 2.40 (2.40 to 2.40); committed 2.00, allowed 2.40 (+20 %)
                        """);
    }

    @Test
    void failsWhereMoreIsAllocated() {
        GuardVerdict verdict = committed.judge(spread(26_300), spread(2.0), 0, 0);

        assertThat(verdict.passes()).isFalse();
        assertThat(verdict.text())
                .contains("FAILED  allocated bytes", "ok      CPU", "figures.properties in the same commit");
    }

    @Test
    void failsWhereTheLowestOfTheRatiosIsTooHigh() {
        assertThat(committed
                        .judge(spread(25_000), Spread.of(List.of(2.4, 3.0, 3.0, 9.0, 9.0)), 0, 0)
                        .passes())
                .isTrue();
        assertThat(committed
                        .judge(spread(25_000), Spread.of(List.of(2.5, 2.5, 2.5, 2.5, 2.5)), 0, 0)
                        .passes())
                .isFalse();
    }

    @Test
    void failsWherePurchasesFail() {
        GuardVerdict verdict = committed.judge(spread(25_000), spread(2.0), 3, 0);

        assertThat(verdict.passes()).isFalse();
        assertThat(verdict.text()).contains("FAILED  3 purchases failed");
    }

    @Test
    void tellsWhenAFigureCanBeLowered() {
        GuardVerdict verdict = committed.judge(spread(20_000), spread(1.5), 0, 0);

        assertThat(verdict.passes()).isTrue();
        assertThat(verdict.text())
                .contains("lower purchase.allocated_bytes to 20000", "lower purchase.cpu_ratio_to_floor to 1.50");
    }

    @Test
    void saysHowManyRunsWereDisturbed() {
        assertThat(committed.judge(spread(25_000), spread(3.0), 0, 4).text()).contains("4 runs were disturbed");
    }

    @Test
    void readsTheFile() throws Exception {
        Path file = Files.writeString(
                folder.resolve("figures"), "purchase.allocated_bytes=25000\npurchase.cpu_ratio_to_floor=2.0\n");

        assertThat(CommittedFigures.read(file)).isEqualTo(committed);
        Files.writeString(file, "purchase.allocated_bytes=25000\n");
        assertThatThrownBy(() -> CommittedFigures.read(file)).hasMessageContaining("purchase.cpu_ratio_to_floor");
    }

    @Test
    void readsTheCommittedFile() throws Exception {
        assertThat(CommittedFigures.read(Path.of("figures.properties")).cpuRatio())
                .isGreaterThan(1);
    }

    private static Spread spread(double value) {
        return Spread.of(List.of(value));
    }
}
