package io.tollgate.examples.benchmarks.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.examples.benchmarks.load.LoadResult;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void comparesEachRunWithTheBareOneOfItsRound() {
        Report report = new Report();
        for (double[] round : new double[][] {{10, 12}, {20, 25}, {40, 52}}) {
            report.add("jdk", "bare", run(round[0]));
            report.add("jdk", "limited", run(round[1]));
        }

        assertThat(report.toString())
                .containsPattern("\\| jdk: bare +\\| +1,000 \\| .*\\| +20\\.0 \\| +\\| ")
                .containsPattern(
                        "\\| jdk: limited +\\| .*\\| +25\\.0 \\| +1\\.250 \\| 1\\.225 to 1\\.275 \\| +5\\.0 \\|");
    }

    @Test
    void parsesServersInJarsOfTheirOwn() {
        Server usual = Server.parse("boot=app.jar");
        assertThat(usual.variants()).containsExactly("bare", "limited", "authenticated");
        assertThat(usual.command().apply(new String[] {"8080", "bare"}))
                .containsSequence("8080", "bare")
                .anyMatch(argument -> argument.endsWith("/app.jar"));
        assertThat(Server.parse("boot=app.jar=bare,bucket4j").variants()).containsExactly("bare", "bucket4j");
        assertThatThrownBy(() -> Server.parse("boot")).hasMessageContaining("expected: name=jar");
    }

    private static Run run(double cpuMicros) {
        return new Run(new LoadResult(1_000, 1, 0, 1, 2, 3), cpuMicros);
    }
}
