package io.tollgate.examples.benchmarks.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.benchmarks.command.Jvm;
import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.load.RequestSpec;
import io.tollgate.examples.benchmarks.load.TokenFile;
import io.tollgate.examples.benchmarks.probe.Machine;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import io.tollgate.examples.benchmarks.process.ChildProcess.Output;
import io.tollgate.examples.benchmarks.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Measures what the library costs in a server: the same server with it and without it, one right after the other in each round,
 * so that what changes on the machine from minute to minute cancels out. {@code make bench-embedded}.
 */
public final class EmbeddedBench {
    private static final Set<String> OPTIONS = Set.of("out", "servers", "apps", "rounds", "seconds", "warmup");
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private final Path out;
    private final List<Server> servers;
    private final int rounds;
    private final Duration duration;
    private final Duration warmUp;

    private record Variant(String name, int port, ChildProcess process) {}

    private EmbeddedBench(Options options) {
        this.out = options.path("out");
        List<String> names = options.text("servers")
                .map(list -> Arrays.asList(list.split(",")))
                .orElse(List.of());
        this.servers = Stream.concat(
                        Server.OWN.stream(),
                        options.text("apps").stream()
                                .flatMap(apps -> Arrays.stream(apps.split("\\s+")))
                                .map(Server::parse))
                .filter(server -> names.isEmpty() || names.contains(server.name()))
                .toList();
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("--servers: none of these (expected: names of servers)");
        }
        this.rounds = options.number("rounds", 9);
        this.duration = Duration.ofSeconds(options.number("seconds", 5));
        this.warmUp = Duration.ofSeconds(options.number("warmup", 30));
    }

    /** Measures what {@code args} say. */
    public static void main(String[] args) throws IOException, InterruptedException, TimeoutException {
        EmbeddedBench bench;
        try {
            bench = new EmbeddedBench(Options.parse(Arrays.asList(args), OPTIONS));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        bench.run();
    }

    private void run() throws IOException, InterruptedException, TimeoutException {
        Files.createDirectories(out);
        RequestSpec request = new RequestSpec("GET", "/hello", "", Optional.of(token()), 200);
        Report report = new Report();
        for (Server server : servers) {
            List<Variant> variants = start(server);
            try {
                measure(server, variants, request, report);
            } finally {
                variants.forEach(variant -> variant.process().close());
            }
        }
        String text = "# The library in servers of others\n\n- machine: "
                + Machine.current().line()
                + "\n- JVM of every process: " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.runtime.version") + ", " + String.join(" ", Jvm.FLAGS) + "\n\nMedians of "
                + rounds + " rounds of " + duration.toSeconds() + " s, after a warm-up of " + warmUp.toSeconds()
                + " s. *x bare* is the CPU of a request relative to the bare server's of the same round.\n\n" + report;
        Files.writeString(out.resolve("report.md"), text);
        System.out.println("\n" + text);
    }

    private TokenFile token() throws IOException {
        String token = JwtTokenService.builder()
                .secret(SECRET)
                .accessTokenTtl(Duration.ofDays(1))
                .build()
                .issue(Principal.of("ann"))
                .toCompletableFuture()
                .join()
                .accessToken();
        Path file = out.resolve("token");
        Files.writeString(file, token + "\n", US_ASCII);
        return new TokenFile(file, 1, token.length());
    }

    private List<Variant> start(Server server) throws IOException, TimeoutException {
        List<Variant> variants = new ArrayList<>();
        for (String name : server.variants()) {
            int port = Ports.free();
            String[] args = {Integer.toString(port), name, SECRET};
            ChildProcess process = ChildProcess.start(
                    server.name() + "-" + name,
                    out,
                    Map.of(),
                    Output.KEPT,
                    server.command().apply(args));
            variants.add(new Variant(name, port, process.awaitPort(port)));
        }
        return variants;
    }

    private void measure(Server server, List<Variant> variants, RequestSpec request, Report report)
            throws IOException, InterruptedException {
        for (Variant variant : variants) {
            System.out.printf("%s: warming up %s%n", server.name(), variant.name());
            measure(variant, request, warmUp);
        }
        for (int round = 1; round <= rounds; round++) {
            List<Variant> inOrder = new ArrayList<>(variants);
            Collections.rotate(inOrder, round); // So that none has always the same neighbour before it.
            Map<String, Run> runs = new HashMap<>();
            for (Variant variant : inOrder) {
                runs.put(variant.name(), measure(variant, request, duration));
            }
            for (Variant variant : variants) {
                Run run = runs.get(variant.name());
                System.out.printf(
                        "%s: round %d of %d, %s: %,.0f/s, %.1f us%n",
                        server.name(), round, rounds, variant.name(), run.load().perSecond(), run.cpuMicros());
                report.add(server.name(), variant.name(), run);
            }
        }
    }

    private static Run measure(Variant variant, RequestSpec request, Duration duration)
            throws IOException, InterruptedException {
        variant.process().requireAlive();
        return Run.of(variant.port(), variant.process().pid(), request, duration);
    }
}
