package io.tollgate.examples.benchmarks.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.examples.benchmarks.command.Options;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    @Test
    void readsOptions() {
        Options options = Options.parse(List.of("--seconds", "3", "--out", "target/bench"), Bench.OPTIONS);

        assertThat(options.number("seconds", 5)).isEqualTo(3);
        assertThat(options.number("rounds", 5)).isEqualTo(5);
        assertThat(options.path("out")).isAbsolute().endsWithRaw(java.nio.file.Path.of("target", "bench"));
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> Options.parse(List.of("--sconds", "3"), Bench.OPTIONS))
                .hasMessageContaining("--sconds");
        assertThatThrownBy(() -> Options.parse(List.of("--seconds"), Bench.OPTIONS))
                .hasMessageContaining("--seconds: no value");
        assertThatThrownBy(() ->
                        Options.parse(List.of("--seconds", "0"), Bench.OPTIONS).number("seconds", 5))
                .hasMessageContaining("--seconds: 0 (expected: 1 or more)");
        assertThatThrownBy(() -> Options.parse(List.of(), Bench.OPTIONS).path("gateway"))
                .hasMessageContaining("--gateway: missing");
    }

    @Test
    void readsScenarios() {
        assertThat(Scenario.parse("purchase, open-2000")).containsExactly(Scenario.PURCHASE, Scenario.OPEN_2000);
        assertThatThrownBy(() -> Scenario.parse("purchases"))
                .hasMessageContaining("purchases (expected: purchase, transcoded, health, ");
    }

    @Test
    void tellsTheProcessesOfAScenarioApart() {
        for (Scenario scenario : Scenario.values()) {
            assertThat(scenario.subjects().stream().map(Subject::title)).doesNotHaveDuplicates();
            assertThat(scenario.gateway().kind()).isEqualTo(Subject.Kind.GATEWAY);
        }
        assertThat(Arrays.stream(Scenario.values()).map(Scenario::title)).doesNotHaveDuplicates();
    }

    @Test
    void putsFiguresBetweenTheMarksOfAPage() {
        String page = "# Page\n\n" + FiguresPage.BEGIN + "\nold\n\n" + FiguresPage.END + "after\n";

        assertThat(FiguresPage.replaced(page, "new\n"))
                .isEqualTo("# Page\n\n" + FiguresPage.BEGIN + "\nnew\n\n" + FiguresPage.END + "after\n");
        assertThatThrownBy(() -> FiguresPage.replaced("# Page\n", "new\n")).hasMessageContaining("no marks");
    }
}
