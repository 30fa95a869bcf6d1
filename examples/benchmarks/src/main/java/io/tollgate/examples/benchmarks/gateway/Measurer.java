package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.load.LoadResult;
import io.tollgate.examples.benchmarks.load.LoadSpec;
import io.tollgate.examples.benchmarks.load.OneRequest;
import io.tollgate.examples.benchmarks.load.RequestSpec;
import io.tollgate.examples.benchmarks.probe.JvmProbe;
import io.tollgate.examples.benchmarks.probe.MachineReading;
import io.tollgate.examples.benchmarks.probe.ProcessReading;
import io.tollgate.examples.benchmarks.probe.RedisReading;
import io.tollgate.examples.benchmarks.report.Measurement;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Warms processes up and measures them. Not thread-safe. */
final class Measurer {
    /** A run is disturbed when unrelated processes used more than this share of all cores' time. */
    static final double DISTURBED = 0.05;

    /** A disturbed run is repeated so often. */
    static final int REPEATS = 2;

    /** Each run begins with load that is not measured: connections, caches and the processor's clock come back to life. */
    private static final Duration LEAD_IN = Duration.ofSeconds(1);

    private final TestBed bed;
    private final Generators generators;
    private final Duration duration;
    private final Progress progress;
    private final Map<RequestKind, RequestSpec> requests = new EnumMap<>(RequestKind.class);
    private long firstToken;
    private int repetitionsLeft;

    /**
     * Measures runs of {@code duration} each.
     *
     * @param repetitions how many runs may be repeated in all
     */
    Measurer(TestBed bed, Generators generators, Duration duration, int repetitions, Progress progress) {
        this.bed = bed;
        this.generators = generators;
        this.duration = duration;
        this.repetitionsLeft = repetitions;
        this.progress = progress;
    }

    /** Puts each kind of request of {@code scenarios} on {@code target}, one after the other, in {@code total} time. */
    void warmUp(Target target, List<Scenario> scenarios, Duration total) throws IOException, InterruptedException {
        List<RequestKind> kinds =
                scenarios.stream().map(Scenario::request).distinct().toList();
        long seconds = Math.max(1, Math.round((double) total.toSeconds() / kinds.size()));
        for (RequestKind kind : kinds) {
            RequestSpec request = request(kind);
            LoadSpec load = load(target, request, 64).lasting(Duration.ofSeconds(seconds));
            firstToken += generators
                    .closed(request, target.protocol())
                    .generator()
                    .run(load)
                    .requests();
            check(target, request);
        }
    }

    /** Measures one run, again where it was disturbed, and returns the least disturbed one. */
    Measurement measure(Scenario scenario, Target target, int run) throws IOException, InterruptedException {
        Measurement best = once(scenario, target, run);
        progress.measured(best);
        for (int i = 0; i < REPEATS && best.disturbed() && repetitionsLeft > 0; i++) {
            repetitionsLeft--;
            progress.say("that run was disturbed: once more");
            Measurement again = once(scenario, target, run);
            progress.measured(again);
            best = again.otherCpu() < best.otherCpu() ? again : best;
        }
        return best;
    }

    private Measurement once(Scenario scenario, Target target, int run) throws IOException, InterruptedException {
        RequestSpec request = request(scenario.request());
        Generators.Named generator = generators.of(scenario, request, target.protocol());
        LoadSpec load = load(target, request, scenario.connections());
        firstToken += generator.generator().run(load.lasting(LEAD_IN)).requests();
        check(target, request);

        RedisReading redisBefore = RedisReading.of(bed.redisPort());
        Map<Long, Long> allocatedBefore = target.jvm().allocatedBytes();
        ProcessReading processBefore = ProcessReading.of(target.process().pid());
        long knownBefore = knownTicks();
        MachineReading machineBefore = MachineReading.now();
        long start = System.nanoTime();

        LoadResult result = generator.generator().run(load(target, request, scenario.connections()));

        double seconds = (System.nanoTime() - start) / 1e9;
        ProcessReading process = ProcessReading.of(target.process().pid());
        long machineTicks = MachineReading.now().busyTicks() - machineBefore.busyTicks();
        long knownTicks = knownTicks() - knownBefore;
        long allocated = JvmProbe.difference(allocatedBefore, target.jvm().allocatedBytes());
        RedisReading redis = RedisReading.of(bed.redisPort());
        firstToken += result.requests();
        check(target, request);

        double requestCount = result.requests();
        double otherCpu = otherCpu(machineTicks - knownTicks, seconds);
        return new Measurement(
                scenario.id(),
                target.name(),
                run,
                generator.name(),
                result,
                new Measurement.Cost(
                        micros(process.cpuTicks() - processBefore.cpuTicks()) / requestCount,
                        process.residentBytes() / 0x1p20,
                        allocated / requestCount,
                        (process.contextSwitches() - processBefore.contextSwitches()) / requestCount,
                        (redis.scripts() - redisBefore.scripts()) / requestCount,
                        (redis.commands() - redisBefore.commands()) / requestCount),
                otherCpu,
                otherCpu > DISTURBED);
    }

    private LoadSpec load(Target target, RequestSpec request, int connections) {
        return new LoadSpec(target.port(), request, target.protocol(), connections, duration, firstToken);
    }

    private static void check(Target target, RequestSpec request) throws IOException {
        OneRequest.check(target.port(), request, target.protocol().isTls());
    }

    private RequestSpec request(RequestKind kind) throws IOException {
        RequestSpec known = requests.get(kind);
        if (known == null) {
            known = kind.spec(bed.tokens());
            requests.put(kind, known);
        }
        return known;
    }

    /** CPU of all processes of the benchmark; load generators that have ended are among the children of this one. */
    private long knownTicks() throws IOException {
        long ticks = ProcessReading.of(ProcessHandle.current().pid()).childTicks();
        for (long pid : bed.pids().toArray()) {
            ticks += ProcessReading.of(pid).cpuTicks();
        }
        return ticks;
    }

    private static double otherCpu(long ticks, double seconds) {
        double all =
                seconds * ProcessReading.TICKS_PER_SECOND * Runtime.getRuntime().availableProcessors();
        return Math.max(0, ticks) / all;
    }

    private static double micros(long ticks) {
        return ticks * (1e6 / ProcessReading.TICKS_PER_SECOND);
    }
}
