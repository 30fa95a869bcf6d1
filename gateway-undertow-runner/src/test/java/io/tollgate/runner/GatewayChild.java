package io.tollgate.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line in a process of its own. */
final class GatewayChild implements AutoCloseable {
    /** A configuration that starts anywhere. */
    static final Map<String, String> ANY_PORT = Map.of(
            "JWT_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough",
            "SERVER_HTTP_HOST", "127.0.0.1",
            "SERVER_HTTP_PORT", "0",
            "SERVER_ADMIN_PORT", "0",
            // The connection that asked for the health stays open, and the gateway would wait for its last request.
            "SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "500ms");

    private static final Pattern LISTENING = Pattern.compile("listening\\b.*\\b127\\.0\\.0\\.1:(\\d+)");

    private final Path folder;
    private final Process process;

    private GatewayChild(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts {@code java} with these arguments, in {@code folder}, where its output goes too. */
    static GatewayChild start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        // What the runnable jar's manifest says of it; JDK 25 warns of Netty's native library without.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new GatewayChild(folder, builder.start());
    }

    /** Waits until it listens, and asks for its health. */
    HttpResponse<String> health() throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(get("/health"), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request, and does not wait for the response. */
    void request(String path) throws IOException {
        CompletableFuture<?> unused =
                HttpClient.newHttpClient().sendAsync(get(path), HttpResponse.BodyHandlers.discarding());
    }

    private HttpRequest get(String path) throws IOException {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || LISTENING.matcher(out()).find());
        Matcher listening = LISTENING.matcher(out());
        assertThat(listening.find()).as(out() + err()).isTrue();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listening.group(1) + path))
                .build();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        return process.exitValue();
    }

    String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
