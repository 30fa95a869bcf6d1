package io.tollgate.auth.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contracts of both test kits run with the oldest JUnit that they support, the last ones of 5 and the one of this build. */
class JunitVersionsTest {
    @TempDir
    Path folder;

    @Test
    void runsTheContractsWithTheJunitOfThisBuild() {
        RunContracts run = RunContracts.of(Contracts.ALL);

        assertThat(run.failed).isEmpty();
        assertThat(run.succeeded).hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5.12.2", "5.13.4"})
    void runsTheContractsWithJunit5(String version) throws Exception {
        List<String> classPath = new ArrayList<>(
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.contains("junit-jupiter") && !entry.contains("junit-platform"))
                        .toList());
        try (Stream<Path> jars = Files.list(Path.of("target", "junit", version))) {
            jars.map(Path::toString).forEach(classPath::add);
        }
        Path output = folder.resolve("output.txt");

        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--class-path",
                        String.join(File.pathSeparator, classPath),
                        RunContracts.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(run.waitFor(110, TimeUnit.SECONDS)).isTrue();
        } finally {
            run.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(output, UTF_8);
        assertThat(lines).filteredOn(line -> line.startsWith("failed ")).isEmpty();
        assertThat(run.exitValue()).as("%s", lines).isZero();
        assertThat(lines)
                .filteredOn(line -> line.startsWith("junit "))
                .singleElement()
                .asString()
                .endsWith("junit-jupiter-api-" + version + ".jar");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("succeeded "))
                .singleElement()
                .extracting(line -> Integer.parseInt(line.substring("succeeded ".length())))
                .isEqualTo(RunContracts.of(Contracts.ALL).succeeded.size());
    }

    @Test
    void findsTheFaultsOfImplementationsThatBreakTheirPromises() {
        assertThat(RunContracts.of(List.of(FaultyContracts.Limiter.class)).failed)
                .anyMatch(failure -> failure.startsWith("startsFullAndRejectsWhatIsNotThere()"))
                .anyMatch(failure -> failure.startsWith("admitsExactlyTheCapacityToManyThreadsOfManyInstances()"));
        assertThat(RunContracts.of(List.of(FaultyContracts.Users.class)).failed)
                .anyMatch(failure -> failure.startsWith("rejectsATakenEmail()"))
                .anyMatch(failure -> failure.startsWith("rejectsAWrongPasswordAndAnUnknownEmailAlike()"));
        assertThat(RunContracts.of(List.of(FaultyContracts.Orders.class)).failed)
                .anyMatch(failure -> failure.startsWith("rejectsAPurchaseOfATicketThatIsNotThere()"))
                .anyMatch(failure -> failure.startsWith("sellsAsManyTicketsAsThereAreToManyBuyers()"));
        assertThat(RunContracts.of(List.of(FaultyContracts.Store.class)).failed)
                .anyMatch(failure -> failure.startsWith("revokesTheFamilyOfATokenThatIsUsedAgain()"))
                .anyMatch(failure ->
                        failure.startsWith("letsExactlyOneOf64ThreadsUseATokenAndRevokesTheFamilyForTheOthers()"));
    }
}
