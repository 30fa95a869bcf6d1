package io.tollgate.examples.benchmarks.interceptor;

import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.benchmarks.probe.ProcessReading;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import io.tollgate.examples.benchmarks.process.Ports;
import io.tollgate.examples.benchmarks.report.Spread;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The cost of the guard in a gRPC server: CPU of the server's process for each unary call, beside the same server without the
 * guard, in interleaved rounds of one run. Prints the medians, and the ratios of the rounds.
 *
 * <pre>
 * $ java -cp examples/benchmarks/target/benchmarks.jar io.tollgate.examples.benchmarks.interceptor.InterceptorBenchmark
 * </pre>
 *
 * <p>Arguments, all optional: rounds (7), seconds of each server in a round (5), seconds of warm-up of each server (20).
 */
public final class InterceptorBenchmark {
    private InterceptorBenchmark() {}

    private record Subject(ServerKind kind, ChildProcess process, CallLoop calls) implements AutoCloseable {
        @Override
        public void close() {
            calls.close();
            process.close();
        }
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        int rounds = argument(args, 0, 7);
        long seconds = argument(args, 1, 5);
        long warmup = argument(args, 2, 20);
        Map<ServerKind, List<Double>> micros = new EnumMap<>(ServerKind.class);
        List<Subject> subjects = new ArrayList<>();
        Path folder = Files.createTempDirectory("interceptor-benchmark");
        try {
            String token = JwtTokenService.builder()
                    .secret(MeasuredServer.SECRET)
                    .build()
                    .issue(Principal.of("user-1"))
                    .toCompletableFuture()
                    .join()
                    .accessToken();
            for (ServerKind kind : ServerKind.values()) {
                subjects.add(start(kind, folder, token));
                micros.put(kind, new ArrayList<>());
            }
            for (Subject subject : subjects) {
                subject.calls.run(TimeUnit.SECONDS.toNanos(warmup));
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < subjects.size(); i++) {
                    Subject subject = subjects.get((i + round) % subjects.size());
                    micros.get(subject.kind).add(microsPerCall(subject, seconds));
                }
            }
        } finally {
            subjects.forEach(Subject::close);
        }
        print(micros);
    }

    private static int argument(String[] args, int index, int otherwise) {
        return index < args.length ? Integer.parseInt(args[index]) : otherwise;
    }

    private static Subject start(ServerKind kind, Path folder, String token) throws Exception {
        int port = Ports.free();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-cp",
                new File(System.getProperty("java.class.path")).getAbsolutePath(),
                MeasuredServer.class.getName(),
                Integer.toString(port),
                kind.name());
        ChildProcess process = ChildProcess.start(kind.name(), folder, Map.of(), ChildProcess.Output.KEPT, command);
        return new Subject(kind, process.awaitPort(port), new CallLoop(port, token));
    }

    private static double microsPerCall(Subject subject, long seconds) throws Exception {
        long before = ProcessReading.of(subject.process.pid()).cpuTicks();
        long calls = subject.calls.run(TimeUnit.SECONDS.toNanos(seconds));
        long ticks = ProcessReading.of(subject.process.pid()).cpuTicks() - before;
        return 1e6 * ticks / ProcessReading.TICKS_PER_SECOND / calls;
    }

    private static void print(Map<ServerKind, List<Double>> micros) {
        System.out.printf("%-36s %18s %14s %s%n", "server", "CPU us per call", "over the bare", "(of each round)");
        List<Double> bare = micros.get(ServerKind.BARE);
        micros.forEach((kind, values) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                ratios.add(values.get(i) / bare.get(i));
            }
            Spread ratio = Spread.of(ratios);
            System.out.printf(
                    "%-36s %18.1f %14.2f (%.2f to %.2f)%n",
                    kind.title(), Spread.of(values).median(), ratio.median(), ratio.min(), ratio.max());
        });
    }
}
