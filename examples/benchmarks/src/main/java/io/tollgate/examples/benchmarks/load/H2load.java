package io.tollgate.examples.benchmarks.load;

import io.tollgate.examples.benchmarks.process.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A closed loop by h2load, for scenarios whose requests are all the same. Its log has the status of every response, which
 * wrk does not tell.
 */
public final class H2load implements LoadGenerator {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Path folder;
    private final int threads;

    /** Keeps its log in {@code folder}. */
    public H2load(Path folder, int threads) {
        this.folder = folder;
        this.threads = threads;
    }

    /** Returns whether it can send {@code request}. */
    public static boolean fits(RequestSpec request) {
        return request.body().isEmpty()
                && request.tokens().map(TokenFile::count).orElse(1) == 1;
    }

    @Override
    public LoadResult run(LoadSpec load) throws IOException, InterruptedException {
        Path log = folder.resolve("h2load.log");
        Files.deleteIfExists(log);
        RequestSpec request = load.request();
        Protocol protocol = load.protocol();
        int clients = protocol.isMultiplexed() ? Protocol.CONNECTIONS : load.connections();
        List<String> command = new ArrayList<>(List.of(
                "h2load",
                protocol.isMultiplexed() ? "--max-concurrent-streams=" + load.connections() / clients : "--h1",
                "--threads=" + Math.min(threads, clients),
                "--clients=" + clients,
                "--duration=" + load.duration().toSeconds(),
                "--log-file=" + log,
                "--header=:method: " + request.method()));
        if (!request.method().equals("GET")) {
            command.add("--header=content-length: 0");
        }
        if (request.tokens().isPresent()) {
            command.add(
                    "--header=authorization: Bearer " + request.tokens().get().first());
        }
        command.add((protocol.isTls() ? "https" : "http") + "://127.0.0.1:" + load.port() + request.path());
        String output = ChildProcess.output(command, load.duration().plus(GRACE));
        if (!Files.exists(log)) {
            throw new IllegalStateException("h2load: no log; its output: " + output.strip());
        }
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            return H2loadLog.parse(lines, request.expectedStatus());
        } finally {
            Files.delete(log);
        }
    }
}
