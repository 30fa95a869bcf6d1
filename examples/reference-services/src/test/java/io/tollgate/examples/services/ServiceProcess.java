package io.tollgate.examples.services;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A service in a process of its own, started as a person would start it. */
final class ServiceProcess implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on \\S+:(\\d+)");

    private final Process process;
    private final Path output;

    private ServiceProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static ServiceProcess start(Path directory, List<String> arguments, Map<String, String> environment)
            throws IOException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReferenceServices.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.command().addAll(arguments);
        for (Variable variable : Variable.values()) {
            builder.environment().remove(variable.name());
        }
        builder.environment().putAll(environment);
        return new ServiceProcess(builder.start(), output);
    }

    int awaitPort() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || LISTENS.matcher(output()).find());
        Matcher matcher = LISTENS.matcher(output());
        if (!matcher.find()) {
            throw new AssertionError("the service did not start: " + output());
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the service did not end: " + output());
        }
        return process.exitValue();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
