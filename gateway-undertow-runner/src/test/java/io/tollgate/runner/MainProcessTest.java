package io.tollgate.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Main} as what it is: a process with an exit status. */
class MainProcessTest {
    private static final String SECRET = "a-secret-of-this-test-that-is-long-enough";
    private static final Pattern PORT = Pattern.compile("listening .*address=\\S*:(\\d+)");

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatRuns() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void servesUntilSigtermAndThenStopsInOrder() throws Exception {
        Process process =
                start(Map.of("JWT_SECRET_KEY", SECRET, "SERVER_HTTP_PORT", "0", "SERVER_HTTP_HOST", "127.0.0.1"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || PORT.matcher(out()).find());
        Matcher port = PORT.matcher(out());
        assertThat(port.find()).as(out() + err()).isTrue();

        HttpResponse<String> health = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        process.destroy();

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(exitStatus(process)).isEqualTo(143);
        assertThat(out()).contains("stopping").contains("stopped");
        assertThat(err()).isEmpty();
    }

    @Test
    void saysInOneLineThatItsPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());

            Process process =
                    start(Map.of("JWT_SECRET_KEY", SECRET, "SERVER_HTTP_PORT", port, "SERVER_HTTP_HOST", "127.0.0.1"));

            assertThat(exitStatus(process)).isEqualTo(1);
            assertThat(err()).matches("tollgate: cannot listen on 127.0.0.1:" + port + ": .*in use\\R");
            assertThat(out()).doesNotContain("\tat ", "Exception");
        }
    }

    @Test
    void saysInOneLineThatItsHostIsNone() throws Exception {
        Process process = start(
                Map.of("JWT_SECRET_KEY", SECRET, "SERVER_HTTP_PORT", "0", "SERVER_HTTP_HOST", "no-such-host.invalid"));

        assertThat(exitStatus(process)).isEqualTo(1);
        assertThat(err())
                .startsWith("tollgate: cannot listen on no-such-host.invalid")
                .hasLineCount(1);
    }

    @Test
    void endsWithTwoWhereTheConfigurationIsWrong() throws Exception {
        Process process = start(Map.of());

        assertThat(exitStatus(process)).isEqualTo(2);
        assertThat(err()).contains("jwt.secret_key: missing", "JWT_SECRET_KEY").hasLineCount(2);
    }

    private Process start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-XX:TieredStopAtLevel=1",
                        Main.class.getName())
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static int exitStatus(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        return process.exitValue();
    }

    private String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }
}
