package io.tollgate.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a named module, with all of its dependencies on the module path. */
class ModulePathTest {
    @TempDir
    Path folder;

    @Test
    void checksAConfigurationOnTheModulePath() throws Exception {
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                modulePath(),
                "--module",
                "io.tollgate.runner/" + Tollgate.class.getName(),
                "--check-config"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JWT_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough");
        Process process = builder.start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).content().startsWith("OK").contains("server.http.port: 8080 (default)");
    }

    /**
     * The class path of this test without what only tests need: modules of tests have no names that fit, and Jazzer's jars
     * share packages.
     */
    private static String modulePath() {
        return String.join(
                File.pathSeparator,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.contains("test-classes")
                                && !entry.endsWith("-tests.jar")
                                && !Path.of(entry).getFileName().toString().startsWith("jazzer"))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }
}
