package io.tollgate.examples.benchmarks.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.benchmarks.command.Jvm;
import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.embedded.Server.Protocol;
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
    private static final Set<String> OPTIONS =
            Set.of("out", "examples", "jdk-21", "servers", "apps", "rounds", "seconds", "warmup");
    private static final String HELIDON = "helidon";
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private final Path out;
    private final Optional<Path> jdk21;
    private final List<Server> servers;
    private final int rounds;
    private final Duration duration;
    private final Duration warmUp;

    private record Variant(String name, int port, ChildProcess process) {}

    private EmbeddedBench(Options options) {
        this.out = options.path("out");
        this.jdk21 = options.text("jdk-21").map(Path::of);
        List<String> names = options.text("servers")
                .map(list -> Arrays.asList(list.split(",")))
                .orElse(List.of());
        this.servers = Stream.concat(
                        ExampleServers.of(options.path("examples"), jdk21).stream(),
                        options.text("apps").stream()
                                .flatMap(apps -> Arrays.stream(apps.split("\\s+")))
                                .map(Server::parse))
                .filter(server -> names.isEmpty() || names.contains(server.name()))
                .toList();
        List<String> known = servers.stream().map(Server::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "--servers: " + name + " (expected: some of "
                                + "jdk, jetty, tomcat, netty, vertx, javalin, grpc, helidon with a JDK 21 or newer, and --apps)");
            }
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
        TokenFile token = token();
        Report report = new Report();
        for (Server server : servers) {
            Load load = server.protocol() == Protocol.GRPC ? new GrpcLoad(token.first()) : new HttpLoad(token);
            List<Variant> variants = start(server);
            try {
                for (Variant variant : variants) {
                    check(server, variant, load);
                }
                measure(server, variants, load, report);
            } finally {
                variants.forEach(variant -> variant.process().close());
            }
        }
        if (jdk21.isEmpty()) {
            System.out.println("helidon: not measured, since no JDK 21 or newer is given (OTHER_JDK=/path/to/jdk)");
        }
        String text = "# The library in servers of others\n\n- machine: "
                + Machine.current().line()
                + "\n- JVM of every process"
                + (measures(HELIDON) ? " but those of Helidon, which need JDK 21 (" + jdk21.orElseThrow() + ")" : "")
                + ": " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.runtime.version") + ", " + String.join(" ", Jvm.FLAGS) + "\n\nMedians of "
                + rounds + " rounds of " + duration.toSeconds() + " s, after a warm-up of " + warmUp.toSeconds()
                + " s. *x bare* is the CPU of a request relative to the bare server's of the same round.\n\n" + report
                + "\nFor docs/embedding.md, *x bare*:\n\n" + report.overheads();
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

    private boolean measures(String name) {
        return servers.stream().anyMatch(server -> server.name().equals(name));
    }

    /** Fails unless the variant does what its name says, lest a comparison be one of equals. */
    private static void check(Server server, Variant variant, Load load) throws IOException, InterruptedException {
        if (!Server.USUAL.contains(variant.name())) {
            return;
        }
        boolean limited = load.isLimited(variant.port());
        boolean authenticated = load.isAuthenticated(variant.port());
        if (limited == variant.name().equals(Server.BARE)
                || authenticated != variant.name().equals(Server.AUTHENTICATED)) {
            throw new IllegalStateException(server.name() + ": " + variant.name() + ": limits: " + limited
                    + ", demands a token: " + authenticated + " (expected: as its name says)");
        }
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

    private void measure(Server server, List<Variant> variants, Load load, Report report)
            throws IOException, InterruptedException {
        for (Variant variant : variants) {
            System.out.printf("%s: warming up %s%n", server.name(), variant.name());
            measure(variant, load, warmUp);
        }
        for (int round = 1; round <= rounds; round++) {
            List<Variant> inOrder = new ArrayList<>(variants);
            Collections.rotate(inOrder, round); // So that none has always the same neighbour before it.
            Map<String, Run> runs = new HashMap<>();
            for (Variant variant : inOrder) {
                runs.put(variant.name(), measure(variant, load, duration));
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

    private static Run measure(Variant variant, Load load, Duration duration) throws IOException, InterruptedException {
        variant.process().requireAlive();
        return Run.of(load, variant.port(), variant.process().pid(), duration);
    }
}
