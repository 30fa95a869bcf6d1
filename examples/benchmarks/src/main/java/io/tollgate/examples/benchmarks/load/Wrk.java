package io.tollgate.examples.benchmarks.load;

import io.tollgate.examples.benchmarks.process.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * A closed loop by wrk: each connection sends its next request when it has the response to the last. wrk tells success
 * (2xx, 3xx) from failure only; that the failures of a scenario are the expected ones is checked by {@link OneRequest}.
 */
public final class Wrk implements LoadGenerator {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Path script;
    private final int threads;

    /** Writes wrk's script into {@code folder}. */
    public Wrk(Path folder, int threads) throws IOException {
        this.threads = threads;
        this.script = folder.resolve("bench.lua");
        try (InputStream in = Wrk.class.getResourceAsStream("bench.lua")) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public LoadResult run(LoadSpec load) throws IOException, InterruptedException {
        RequestSpec request = load.request();
        List<String> command = List.of(
                "wrk",
                "--threads",
                Integer.toString(Math.min(threads, load.connections())),
                "--connections",
                Integer.toString(load.connections()),
                "--duration",
                load.duration().toSeconds() + "s",
                "--timeout",
                "10s",
                "--script",
                script.toString(),
                "http://127.0.0.1:" + load.port() + "/",
                "--",
                request.head(load.port()),
                request.tail(),
                request.tokens().map(tokens -> tokens.file().toString()).orElse(""),
                request.tokens().map(TokenFile::count).orElse(0).toString(),
                request.tokens().map(TokenFile::length).orElse(0).toString(),
                Long.toString(load.firstToken()));
        String output = ChildProcess.output(command, load.duration().plus(GRACE));
        return WrkOutput.parse(output).result(request.expectedStatus() < 400);
    }
}
