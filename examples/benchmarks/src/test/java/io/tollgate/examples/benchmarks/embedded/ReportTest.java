package io.tollgate.examples.benchmarks.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.examples.benchmarks.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void statesTheOverheadOfServersWithTheUsualVariants() {
        Report report = new Report();
        for (String variant : Server.USUAL) {
            report.add(
                    "jdk", variant, run(variant.equals(Server.BARE) ? 10 : variant.equals(Server.LIMITED) ? 11 : 13));
        }
        report.add("boot", "bare", run(10));
        report.add("boot", "bucket4j", run(12));

        assertThat(report.overheads())
                .containsPattern("\\| jdk +\\| +1\\.10 \\| +1\\.30 \\|")
                .doesNotContain("boot");
    }

    @Test
    void runsEachExampleWithItsOwnClassPath(@TempDir Path examples) throws IOException {
        Path target = Files.createDirectories(examples.resolve("embed-netty").resolve("target"));
        List<Server> servers = ExampleServers.of(examples, Optional.empty());
        assertThat(servers).extracting(Server::name).contains("netty", "grpc").doesNotContain("helidon");
        Server netty = servers.stream()
                .filter(server -> server.name().equals("netty"))
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> netty.command().apply(new String[] {"8080", "bare", "secret"}))
                .hasMessageContaining("bench.classpath: missing (expected: written by make bench-embedded)");

        Files.writeString(target.resolve("bench.classpath"), "/netty.jar\n");
        assertThat(netty.command().apply(new String[] {"8080", "bare", "secret"}))
                .contains(target.resolve("test-classes") + ":" + target.resolve("classes") + ":/netty.jar")
                .endsWith("io.tollgate.examples.netty.MeasuredServer", "8080", "bare", "secret");
        Path jdk = Path.of("/jdk-21");
        assertThat(ExampleServers.of(examples, Optional.of(jdk)))
                .extracting(Server::name)
                .contains("helidon");
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
