package io.tollgate.examples.benchmarks.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process that ends with this one at the latest. What it writes to standard error is kept, for when it fails. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(5);
    private static final int SHOWN_CHARACTERS = 4_000;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    /** The variables that a child gets from this process; all others would be settings that the report does not show. */
    private static final Set<String> INHERITED = Set.of("PATH", "HOME", "LANG", "TMPDIR");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill"));
    }

    /** The end of standard output. */
    public enum Output {
        /** In the same file as standard error. */
        KEPT,
        /** Nowhere: a gateway writes a line for each request. */
        DISCARDED
    }

    private final String name;
    private final Process process;
    private final Path errors;

    private ChildProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
    }

    /**
     * Starts {@code command} in {@code folder}, with {@code environment} and few of this process's own variables.
     *
     * @param output what happens to its standard output
     */
    public static ChildProcess start(
            String name, Path folder, Map<String, String> environment, Output output, List<String> command)
            throws IOException {
        Files.createDirectories(folder);
        Path errors = folder.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile());
        if (output == Output.KEPT) {
            builder.redirectOutput(errors.toFile()).redirectErrorStream(true);
        }
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().putAll(environment);
        return new ChildProcess(name, track(builder), errors);
    }

    /** Runs {@code command} to its end and returns what it wrote to standard output and error. */
    public static String output(List<String> command, Duration limit) throws IOException, InterruptedException {
        Path file = Files.createTempFile("bench", ".out");
        Process process =
                track(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file.toFile()));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(command.get(0) + ": did not end within " + limit.toSeconds() + " s");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
            RUNNING.remove(process);
            Files.delete(file);
        }
    }

    private static Process track(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        RUNNING.add(process);
        return process;
    }

    /** Returns its process id. */
    public long pid() {
        return process.pid();
    }

    /** Returns once it listens on {@code port}; fails at once where it has ended. */
    public ChildProcess awaitPort(int port) throws TimeoutException {
        Await.until(name + " listens", STARTS_WITHIN, () -> {
            requireAlive();
            return Ports.listens(port);
        });
        return this;
    }

    /** Throws with the end of its standard error if it has ended. */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended with status " + process.exitValue() + ": " + tail());
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }

    private String tail() {
        try {
            String text = Files.readString(errors, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - SHOWN_CHARACTERS)).strip();
        } catch (IOException e) {
            return "see " + errors;
        }
    }
}
