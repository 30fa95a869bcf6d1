package io.tollgate.examples.benchmarks.transcoding;

import io.tollgate.examples.benchmarks.command.Jvm;
import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.load.ClosedLoop;
import io.tollgate.examples.benchmarks.load.LoadResult;
import io.tollgate.examples.benchmarks.load.LoadSpec;
import io.tollgate.examples.benchmarks.load.RequestSpec;
import io.tollgate.examples.benchmarks.probe.Machine;
import io.tollgate.examples.benchmarks.probe.ProcessReading;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import io.tollgate.examples.benchmarks.process.ChildProcess.Output;
import io.tollgate.examples.benchmarks.process.Ports;
import io.tollgate.examples.benchmarks.report.Spread;
import io.tollgate.examples.benchmarks.server.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Measures what a purchase costs by each transcoder, in front of the same service. {@code make bench-transcoding}. */
public final class TranscodingBench {
    private static final Set<String> OPTIONS = Set.of("out", "peers", "rounds", "seconds", "spring", "warmup");
    private static final int CONNECTIONS = 16;
    private static final RequestSpec REQUEST = purchase("{\"userId\":\"ann\"}");

    /** For a filter that takes nothing from the path. */
    private static final RequestSpec WHOLE_REQUEST = purchase("{\"userId\":\"ann\",\"eventId\":\"rock-2026\"}");

    private TranscodingBench() {}

    private record Subject(ChildProcess process, int port, RequestSpec request, List<Double> cpu) {}

    private static RequestSpec purchase(String body) {
        return new RequestSpec("POST", "/v1/events/rock-2026/purchase", body, Optional.empty(), 200);
    }

    /** Measures what {@code args} say. */
    public static void main(String[] args) throws IOException, InterruptedException, TimeoutException {
        Options options = Options.parse(Arrays.asList(args), OPTIONS);
        Path out = Files.createDirectories(options.path("out"));
        Path peers = options.path("peers").toAbsolutePath();
        int rounds = options.number("rounds", 5);
        Duration duration = Duration.ofSeconds(options.number("seconds", 5));
        Duration warmUp = Duration.ofSeconds(options.number("warmup", 30));
        int backend = Ports.free();
        try (ChildProcess service = ChildProcess.start(
                "backend", out, Map.of(), Output.KEPT, Jvm.runs(Backend.class, Integer.toString(backend)))) {
            service.awaitPort(backend);
            Map<String, Subject> subjects = new LinkedHashMap<>();
            try {
                int port = Ports.free();
                Path descriptors = AnnotatedOrders.write(out);
                subjects.put(
                        "Tollgate",
                        start(
                                "tollgate",
                                out,
                                port,
                                Map.of(),
                                Jvm.runs(
                                        TranscodedServer.class,
                                        Integer.toString(port),
                                        Integer.toString(backend),
                                        descriptors.toString()),
                                REQUEST));
                for (String peer : List.of("ArmeriaServer", "VertxServer")) {
                    subjects.put(peer, peer(peer, out, peers, backend));
                }
                subjects.put("JsonToGrpc", spring(out, options.path("spring"), backend, descriptors));
                measure(subjects, rounds, duration, warmUp);
            } finally {
                for (Subject subject : subjects.values()) {
                    subject.process().close();
                }
            }
        }
    }

    private static Subject peer(String name, Path out, Path peers, int backend) throws IOException, TimeoutException {
        int port = Ports.free();
        List<String> command = new ArrayList<>(Jvm.runs(
                Jvm.executable(), peers + "/classes:" + peers + "/lib/*", "io.tollgate.examples.transcoders." + name));
        command.add(Integer.toString(port));
        command.add(Integer.toString(backend));
        return start(name, out, port, Map.of(), command, REQUEST);
    }

    private static Subject spring(Path out, Path jar, int backend, Path descriptors)
            throws IOException, TimeoutException {
        int port = Ports.free();
        Map<String, String> environment = Map.of(
                "SERVER_PORT",
                Integer.toString(port),
                "PEER_BACKEND_PORT",
                Integer.toString(backend),
                "PEER_SECRET",
                "of-tokens-that-nobody-sends-here",
                "PEER_DESCRIPTORS",
                "file:" + descriptors,
                "SPRING_CLOUD_GATEWAY_SERVER_WEBFLUX_FILTER_JSON_TO_GRPC_ENABLED",
                "true");
        return start("spring", out, port, environment, Jvm.runs(jar.toAbsolutePath()), WHOLE_REQUEST);
    }

    private static Subject start(
            String name, Path out, int port, Map<String, String> environment, List<String> command, RequestSpec request)
            throws IOException, TimeoutException {
        ChildProcess process = ChildProcess.start(name, out, environment, Output.KEPT, command);
        return new Subject(process.awaitPort(port), port, request, new ArrayList<>());
    }

    private static void measure(Map<String, Subject> subjects, int rounds, Duration duration, Duration warmUp)
            throws IOException, InterruptedException {
        for (Subject subject : subjects.values()) {
            load(subject, warmUp);
        }
        for (int round = 1; round <= rounds; round++) {
            List<String> names = new ArrayList<>(subjects.keySet());
            Collections.rotate(names, round); // So that none has always the same neighbour before it.
            for (String name : names) {
                Subject subject = subjects.get(name);
                long before = ProcessReading.of(subject.process().pid()).cpuTicks();
                LoadResult result = load(subject, duration);
                long ticks = ProcessReading.of(subject.process().pid()).cpuTicks() - before;
                double micros = ticks * (1e6 / ProcessReading.TICKS_PER_SECOND) / result.requests();
                subject.cpu().add(micros);
                System.out.printf(
                        "round %d of %d, %s: %,.0f/s, %.1f us, %d errors%n",
                        round, rounds, name, result.perSecond(), micros, result.errors());
            }
        }
        double own = Spread.of(subjects.get("Tollgate").cpu()).median();
        System.out.printf("%n%s, medians of %d rounds%n", Machine.current().line(), rounds);
        subjects.forEach((name, subject) -> {
            double median = Spread.of(subject.cpu()).median();
            System.out.printf("%-14s %6.1f us CPU for a purchase, %.2fx%n", name, median, median / own);
        });
    }

    private static LoadResult load(Subject subject, Duration duration) throws IOException, InterruptedException {
        subject.process().requireAlive();
        return new ClosedLoop(1).run(new LoadSpec(subject.port(), subject.request(), CONNECTIONS, duration, 0));
    }
}
