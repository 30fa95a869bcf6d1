package io.tollgate.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The invitation that {@code make run} prints, word by word: pasted into a real shell. */
class DemoTest {
    private static final Map<String, String> FREE_PORTS =
            Map.of("SERVER_HTTP_HOST", "127.0.0.1", "SERVER_HTTP_PORT", "0", "SERVER_ADMIN_PORT", "0");

    @TempDir
    Path directory;

    @Test
    void theLinesItPrintsWorkWhenPastedIntoAShellTwice() throws Exception {
        try (Demo demo = Demo.start(FREE_PORTS)) {
            for (int i = 0; i < 2; i++) {
                assertThat(pasted(commands(demo)))
                        .contains("HTTP/1.1 200 OK")
                        .contains("\"username\":\"ann-")
                        .contains("\"eventId\":\"rock-2026\"")
                        .contains("\"status\":\"confirmed\"")
                        .doesNotContain("\"error\"");
            }
        }
    }

    @Test
    void theLinesItPrintsWorkInAnyOrder() throws Exception {
        try (Demo demo = Demo.start(FREE_PORTS)) {
            List<String> commands = new ArrayList<>(commands(demo));
            assertThat(commands).hasSize(4);
            Collections.rotate(commands, 2); // The last one needs the token of the one before it.

            assertThat(pasted(commands))
                    .contains("\"status\":\"confirmed\"")
                    .contains("\"username\":\"ann-")
                    .doesNotContain("\"error\"");
        }
    }

    @Test
    void aUserIsLimitedLongBeforeAnEventIsSoldOut() throws Exception {
        try (Demo demo = Demo.start(FREE_PORTS)) {
            List<String> commands = new ArrayList<>(commands(demo));
            String purchase = commands.get(3);
            for (int i = 0; i < 40; i++) {
                commands.add(purchase);
            }

            assertThat(pasted(commands))
                    .contains("\"code\":\"RATE_LIMIT_EXCEEDED\"", "\"capacity\":20", "\"refill_rate\":0.5")
                    .doesNotContain("SOLD_OUT");
        }
    }

    /** Returns the commands of the invitation, each with the lines that continue it. */
    private static List<String> commands(Demo demo) {
        String lines = demo.invitation()
                .lines()
                .filter(line -> line.startsWith("  "))
                .map(String::strip)
                .collect(Collectors.joining("\n"))
                .replace("localhost", "127.0.0.1");
        return List.of(lines.split("(?<!\\\\)\n"));
    }

    private String pasted(List<String> commands) throws Exception {
        Path script = Files.writeString(directory.resolve("try.sh"), "set -e\n" + String.join("\n", commands));
        Process shell = new ProcessBuilder("sh", script.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(shell.getInputStream().readAllBytes(), UTF_8);

        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as(output).isZero();
        return output;
    }
}
