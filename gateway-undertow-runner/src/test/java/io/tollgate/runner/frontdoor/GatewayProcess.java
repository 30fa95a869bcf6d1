package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The runner as a user starts it: a process of its own, with its own environment, told to stop by signals. */
final class GatewayProcess implements AutoCloseable {
    /** In a readable line, or in one of JSON. */
    private static final Pattern LISTENING = Pattern.compile("listening\\b.*?\\baddress[=\":]+[^\\s\",]*:(\\d+)");

    private static final Pattern LIVE = Pattern.compile("\\blive[=\":]+http://[^\\s\",]*:(\\d+)/");

    /** A JVM starts slowly on a machine that is busy with other tests. */
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private GatewayProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it in an empty directory; nothing of the environment of the tests reaches it but {@code environment}. */
    static GatewayProcess start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                absoluteClassPath(),
                "io.tollgate.runner.Tollgate"));
        command.addAll(List.of(arguments));
        Path directory = Files.createTempDirectory("gateway");
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new GatewayProcess(builder.start(), output);
    }

    /** The port it says it listens on, once it does. */
    int awaitPort() {
        return awaitPort(LISTENING);
    }

    /** The port of operators, once it says where the page is. */
    int awaitAdminPort() {
        return awaitPort(LIVE);
    }

    private int awaitPort(Pattern said) {
        return Awaitility.await()
                .atMost(WITHIN)
                .until(
                        () -> {
                            if (!process.isAlive()) {
                                throw new AssertionError("exited with " + process.exitValue() + ":\n" + output());
                            }
                            Matcher m = said.matcher(output());
                            return m.find() ? Integer.parseInt(m.group(1)) : -1;
                        },
                        port -> port > 0);
    }

    /** Asks it to stop, as an init system does. */
    void terminate() {
        process.destroy();
    }

    /** Waits until a new connection is refused: the listeners are closed. */
    static void awaitRefused(int port) {
        Awaitility.await().atMost(WITHIN).until(() -> {
            try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return !s.isConnected();
            } catch (IOException e) {
                return true;
            }
        });
    }

    /** Its exit code, once it has ended. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after 60 s:\n" + output());
        }
        return process.exitValue();
    }

    /** What it wrote so far, both streams together. */
    String output() {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static String absoluteClassPath() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(java.io.File.pathSeparator, entries);
    }
}
