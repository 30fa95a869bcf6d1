package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.report.Measurement;
import io.tollgate.examples.benchmarks.report.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Fails a build whose purchases have become more expensive than the committed figures allow. It always uses the driver of
 * this JVM, so that its figures are the same ones on every machine, whatever is installed.
 */
final class Guard {
    private static final int RUNS = 5;
    /** So often are the runs repeated whose CPU is above what is allowed. */
    private static final int REPEATS = 2;

    private static final int SECONDS = 3;
    /** With these the guard takes less than three minutes. */
    private static final int REPETITIONS = 4;

    private static final int WARM_UP_SECONDS = 40;

    private static final List<Scenario> OTHER_SCENARIOS = List.of(
            Scenario.HEALTH,
            Scenario.LIMITED,
            Scenario.BAD_TOKEN,
            Scenario.FORGED,
            Scenario.FORGED_TOO_OFTEN,
            Scenario.LOGIN,
            Scenario.POLICIES_50);

    private final Options options;
    private final Progress progress;

    Guard(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Returns whether the build passes. */
    boolean run() throws IOException, InterruptedException, TimeoutException {
        CommittedFigures committed = CommittedFigures.read(options.path("figures"));
        int runs = options.number("rounds", RUNS);
        Duration duration = Duration.ofSeconds(options.number("seconds", SECONDS));
        Duration warmUp = Duration.ofSeconds(options.number("warmup", WARM_UP_SECONDS));
        Path work = options.path("out").resolve("guard");
        List<Measurement> floors = new ArrayList<>();
        List<Measurement> gateways = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        try (TestBed bed = new TestBed(work, options.text("redis").orElse(""))) {
            Measurer measurer = new Measurer(bed, Generators.driverOnly(work), duration, REPETITIONS, progress);
            Target floor = bed.start(Subject.ONE_CALL, "floor", options.path("gateway"));
            Target gateway = bed.start(Subject.GATEWAY, "gateway", options.path("gateway"));
            for (Target target : List.of(floor, gateway)) {
                progress.say("warming up the %s for %d s", target.name(), warmUp.toSeconds());
                measurer.warmUp(target, List.of(Scenario.PURCHASE), warmUp);
            }
            for (int run = 1;
                    run <= runs || (run <= runs * (1 + REPEATS) && !committed.allows(Spread.of(ratios)));
                    run++) {
                floors.add(measurer.measure(Scenario.PURCHASE, floor, run));
                gateways.add(measurer.measure(Scenario.PURCHASE, gateway, run));
                ratios.add(gateways.get(run - 1).cost().cpuMicros()
                        / floors.get(run - 1).cost().cpuMicros());
            }
            tryOtherScenarios(bed, measurer);
        }
        long errors = gateways.stream().mapToLong(run -> run.load().errors()).sum();
        Spread allocated = Spread.of(
                gateways.stream().map(run -> run.cost().allocatedBytes()).toList());
        long disturbed = Stream.concat(floors.stream(), gateways.stream())
                .filter(Measurement::disturbed)
                .count();
        GuardVerdict verdict = committed.judge(allocated, Spread.of(ratios), errors, disturbed);
        System.out.println();
        System.out.print(verdict.text());
        return verdict.passes();
    }

    /** Sees that the gateway still gives the responses that the other scenarios measure. */
    private void tryOtherScenarios(TestBed bed, Measurer measurer)
            throws IOException, InterruptedException, TimeoutException {
        Map<Subject, Target> targets = new EnumMap<>(Subject.class);
        for (Scenario scenario : OTHER_SCENARIOS) {
            Subject subject = scenario.gateway();
            Target target = targets.get(subject);
            if (target == null) {
                target = bed.start(subject, subject.title(), options.path("gateway"));
                targets.put(subject, target);
            }
            progress.say("trying the scenario %s", scenario.id());
            measurer.warmUp(target, List.of(scenario), Duration.ofSeconds(1));
        }
    }
}
