package io.tollgate.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The invitation that {@code make run} prints, taken word by word: pasted into a real shell. */
class DemoTest {
    @Test
    void theLinesItPrintsWorkWhenPastedIntoAShell(@TempDir Path directory) throws Exception {
        try (Demo demo = Demo.start(
                Map.of("SERVER_HTTP_HOST", "127.0.0.1", "SERVER_HTTP_PORT", "0", "SERVER_ADMIN_PORT", "0"))) {
            String commands = demo.invitation()
                    .lines()
                    .filter(line -> line.startsWith("  "))
                    .map(String::strip)
                    .reduce("set -e", (script, line) -> script + "\n" + line);
            Path script = Files.writeString(directory.resolve("try.sh"), commands.replace("localhost", "127.0.0.1"));
            Process shell = new ProcessBuilder("sh", script.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(shell.getInputStream().readAllBytes(), UTF_8);

            assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(shell.exitValue()).as(output).isZero();
            assertThat(output)
                    .contains("HTTP/1.1 200 OK")
                    .contains("\"username\":\"ann\"")
                    .contains("\"eventId\":\"rock-2026\"")
                    .contains("\"status\":\"confirmed\"");
        }
    }
}
