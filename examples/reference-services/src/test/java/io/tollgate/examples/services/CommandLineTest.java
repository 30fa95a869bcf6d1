package io.tollgate.examples.services;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void explainsEveryVariable() throws Exception {
        assertThat(run(List.of("--help"), Map.of())).isZero();

        for (Variable variable : Variable.values()) {
            assertThat(out.toString(UTF_8)).contains("  " + variable + " ");
        }
        assertThat(out.toString(UTF_8)).contains("rock-2026=100,jazz-night=3,sold-out-show=0");
    }

    @Test
    void asksForTheNameOfAService() throws Exception {
        assertThat(run(List.of("payment"), Map.of())).isEqualTo(2);

        assertThat(err.toString(UTF_8)).contains("arguments: [payment] (expected: user or order");
    }

    @Test
    void listsEverythingThatIsWrongWithTheUserServicesVariables() throws Exception {
        Map<String, String> environment = Map.of(
                "GRPC_PORT", "tcp://10.0.0.1:50051",
                "DATABASE_URL", "jdbc:postgresql://db/users",
                "SHUTDOWN_TIMEOUT", "soon",
                "LOG_LEVEL", "LOUD",
                "JWT_SECRET_KEY", "hunter2",
                "ACCESS_TOKEN_TTL", "0s",
                "ARGON2_MEMORY_KIB", "1",
                "ARGON2_ITERATIONS", "101");

        assertThat(run(List.of("user"), environment)).isEqualTo(2);

        assertThat(err.toString(UTF_8).lines())
                .hasSize(8)
                .anyMatch(line -> line.equals("GRPC_PORT: \"tcp://10.0.0.1:50051\" (expected: a whole number)"))
                .anyMatch(
                        line -> line.startsWith("DATABASE_URL: \"jdbc:postgresql://db/users\" (expected: jdbc:h2:mem:"))
                .anyMatch(line -> line.startsWith("SHUTDOWN_TIMEOUT: \"soon\" (expected: a number with a unit"))
                .anyMatch(line -> line.equals("LOG_LEVEL: \"LOUD\" (expected: ERROR, WARN, INFO or DEBUG)"))
                .anyMatch(line -> line.startsWith("JWT_SECRET_KEY: ") && !line.contains("hunter2"))
                .anyMatch(line -> line.startsWith("ACCESS_TOKEN_TTL: "))
                .anyMatch(line -> line.equals("ARGON2_MEMORY_KIB: memoryKib: 1 (expected: 8 to 1048576)"))
                .anyMatch(line -> line.equals("ARGON2_ITERATIONS: iterations: 101 (expected: 1 to 100)"));
    }

    @Test
    void refusesEventsThatCannotBe() throws Exception {
        assertThat(run(List.of("order"), Map.of("EVENTS", "rock"))).isEqualTo(2);
        assertThat(run(List.of("order"), Map.of("EVENTS", "rock=many"))).isEqualTo(2);
        assertThat(run(List.of("order"), Map.of("EVENTS", "rock=1,rock=2"))).isEqualTo(2);
        assertThat(run(List.of("order"), Map.of("EVENTS", "ro/ck=1"))).isEqualTo(2);

        assertThat(err.toString(UTF_8).lines())
                .containsExactly(
                        "EVENTS: \"rock\" (expected: ID=TICKETS, separated by commas)",
                        "EVENTS: \"many\" (expected: a whole number)",
                        "EVENTS: \"rock\" twice (expected: once)",
                        "EVENTS: event \"ro/ck\" (expected: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -)");
    }

    private int run(List<String> arguments, Map<String, String> environment) throws InterruptedException {
        return ReferenceServices.run(
                arguments, environment, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }
}
