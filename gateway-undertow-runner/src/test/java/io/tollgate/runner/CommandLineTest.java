package io.tollgate.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.runner.config.LoadedConfig;
import io.tollgate.runner.config.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    private static final Map<String, String> SECRET =
            Map.of("JWT_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<LoadedConfig> launched = new ArrayList<>();

    @Test
    void printsNameAndVersion() {
        assertThat(run(Map.of(), "--version")).isZero();

        assertThat(out()).isEqualTo("tollgate " + Version.current() + "\n");
        assertThat(Version.current()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void printsItsUsage() {
        assertThat(run(Map.of(), "--help")).isZero();

        assertThat(out())
                .contains("Usage:", "--config FILE", "--check-config", "--keys", "--version", "JWT_SECRET_KEY");
        assertThat(err()).isEmpty();
    }

    @Test
    void listsEveryKey() {
        assertThat(run(Map.of(), "--keys")).isZero();

        assertThat(out()).contains("server.http.port = 8080\n    SERVER_HTTP_PORT\n    The port to listen on\n");
    }

    @Test
    void startsWithTheConfigurationOfTheWorkingDirectory() throws IOException {
        Files.writeString(folder.resolve("config.yaml"), "app: {name: found}");

        assertThat(run(SECRET)).isZero();

        assertThat(launched)
                .singleElement()
                .satisfies(loaded -> assertThat(loaded.config().app().name()).isEqualTo("found"));
    }

    @Test
    void showsNoValueOfAnUnknownArgument() {
        assertThat(run(SECRET, "--redis.host=redis://:hunter2@redis")).isEqualTo(2);
        assertThat(run(SECRET, "redis://:hunter2@redis")).isEqualTo(2);

        assertThat(err())
                .contains("unknown argument: --redis.host=…")
                .contains("unknown argument: <redacted>@redis")
                .doesNotContain("hunter2");
    }

    @Test
    void startsWithoutAnyFile() {
        assertThat(run(SECRET)).isZero();

        assertThat(launched).hasSize(1);
    }

    @Test
    void startsWithTheFileThatIsNamed() throws IOException {
        Files.writeString(folder.resolve("config.yaml"), "app: {name: not this}");
        Files.writeString(folder.resolve("other.conf"), "app.name = this");

        assertThat(run(SECRET, "--config", "other.conf")).isZero();
        assertThat(run(SECRET, "--config=other.conf")).isZero();

        assertThat(launched)
                .hasSize(2)
                .allSatisfy(loaded -> assertThat(loaded.config().app().name()).isEqualTo("this"));
    }

    @Test
    void saysWhichFileASecretCameFromAndNothingOfIt() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), SECRET.get("JWT_SECRET_KEY") + "\n");

        assertThat(run(Map.of("JWT_SECRET_KEY_FILE", file.toString()), "--check-config"))
                .isZero();
        assertThat(out())
                .contains("jwt.secret_key: <redacted> (variable JWT_SECRET_KEY_FILE, file " + file + ")\n")
                .doesNotContain("a-secret");

        assertThat(run(Map.of("JWT_SECRET_KEY_FILE", folder.toString()), "--check-config"))
                .isEqualTo(2);
        assertThat(err())
                .contains("variable JWT_SECRET_KEY_FILE: jwt.secret_key: " + folder + ": not a file")
                .doesNotContain("missing");
    }

    @Test
    void checksAConfigurationWithoutStarting() throws IOException {
        Files.writeString(folder.resolve("config.yaml"), "server:\n  http:\n    port: 8081\n");

        assertThat(run(SECRET, "--check-config")).isZero();

        assertThat(out())
                .startsWith("OK\n")
                .contains("server.http.port: 8081 (" + folder.resolve("config.yaml") + ":3)\n")
                .contains("jwt.secret_key: <redacted> (variable JWT_SECRET_KEY)\n")
                .contains("redis.enabled: false (default)\n")
                .doesNotContain("a-secret");
        assertThat(launched).isEmpty();
    }

    @Test
    void warnsWhileCheckingOfWhatIsAllowedAndUnwise() {
        Path given = Path.of("..", "config.yaml").toAbsolutePath();

        assertThat(run(Map.of(), "--check-config", "--config", given.toString()))
                .isZero();

        assertThat(err()).startsWith("tollgate: warning: jwt.secret_key is the sample secret");
    }

    @Test
    void saysAllThatIsWrongWithAConfigurationAndDoesNotStart() {
        Map<String, String> environment = Map.of("REDIS_PORT", "tcp://10.0.0.1:6379", "SERVER_HTTP_PORT", "x");

        for (List<String> args : List.of(List.<String>of(), List.of("--check-config"))) {
            err.reset();
            assertThat(run(environment, args.toArray(String[]::new))).isEqualTo(2);

            assertThat(err())
                    .startsWith("tollgate: the configuration has 3 problems:\n  variable SERVER_HTTP_PORT: ")
                    .contains("variable REDIS_PORT: redis.port: tcp://10.0.0.1:6379", "jwt.secret_key: missing");
        }
        assertThat(out()).isEmpty();
        assertThat(launched).isEmpty();
    }

    @Test
    void refusesArgumentsThatItDoesNotKnow() {
        assertThat(run(SECRET, "--verbose")).isEqualTo(2);
        assertThat(run(SECRET, "config.yaml")).isEqualTo(2);
        assertThat(run(SECRET, "--config")).isEqualTo(2);
        assertThat(run(SECRET, "--config", "a.yaml", "--config", "b.yaml")).isEqualTo(2);

        assertThat(err())
                .contains("tollgate: unknown argument: --verbose\n\nUsage:")
                .contains("tollgate: unknown argument: config.yaml\n")
                .contains("tollgate: --config: no file given (expected: --config FILE)\n")
                .contains("tollgate: --config: given twice (expected: one file)\n");
        assertThat(launched).isEmpty();
    }

    private int run(Map<String, String> environment, String... args) {
        return new CommandLine(environment, folder, print(out), print(err), launched::add).run(List.of(args));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
