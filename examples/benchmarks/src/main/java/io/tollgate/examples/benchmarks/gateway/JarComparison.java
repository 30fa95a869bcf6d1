package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.report.Measurement;
import io.tollgate.examples.benchmarks.report.Pair;
import io.tollgate.examples.benchmarks.report.Ratios;
import io.tollgate.examples.benchmarks.report.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Compares two jars of the gateway pair by pair: in each pair both run one right after the other, and the ratio is taken
 * within it, so that what changes on the machine from minute to minute cancels out.
 */
final class JarComparison {
    private static final int PAIRS = 10;
    private static final int SECONDS = 5;
    private static final int WARM_UP_SECONDS = 45;

    private final Options options;
    private final Progress progress;
    private final List<Scenario> scenarios;
    private final int pairs;
    private final Duration duration;
    private final Duration warmUp;

    private record Both(Target base, Target gateway) {}

    JarComparison(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
        this.scenarios =
                options.text("scenarios").map(Scenario::parse).orElse(List.of(Scenario.PURCHASE, Scenario.HEALTH));
        this.pairs = options.number("rounds", PAIRS);
        this.duration = Duration.ofSeconds(options.number("seconds", SECONDS));
        this.warmUp = Duration.ofSeconds(options.number("warmup", WARM_UP_SECONDS));
    }

    void run() throws IOException, InterruptedException, TimeoutException {
        Path out = Files.createDirectories(options.path("out"));
        Path work = out.resolve("work");
        try (TestBed bed = new TestBed(work, options.text("redis").orElse(""))) {
            Generators generators = Generators.installed(work);
            Measurer measurer = new Measurer(bed, generators, duration, pairs * scenarios.size(), progress);
            Map<Subject, Both> targets = start(bed, measurer);
            List<Measurement> runs = new ArrayList<>();
            Map<Scenario, List<Pair>> results = new EnumMap<>(Scenario.class);
            for (int pair = 1; pair <= pairs; pair++) {
                progress.say("pair %d of %d", pair, pairs);
                for (Scenario scenario : scenarios) {
                    Both both = targets.get(scenario.gateway());
                    Pair result = measure(measurer, scenario, both, pair);
                    runs.add(result.base());
                    runs.add(result.gateway());
                    results.computeIfAbsent(scenario, s -> new ArrayList<>()).add(result);
                }
            }
            write(out, results, runs, Setup.of(options, bed, generators));
        }
    }

    private Map<Subject, Both> start(TestBed bed, Measurer measurer)
            throws IOException, InterruptedException, TimeoutException {
        Map<Subject, Both> targets = new EnumMap<>(Subject.class);
        for (Subject subject :
                scenarios.stream().map(Scenario::gateway).distinct().toList()) {
            List<Scenario> all = scenarios.stream()
                    .filter(scenario -> scenario.gateway() == subject)
                    .toList();
            Both both = new Both(
                    bed.start(subject, "base", options.path("base")),
                    bed.start(subject, "gateway", options.path("gateway")));
            progress.say(
                    "warming up the base for %s", all.stream().map(Scenario::id).toList());
            measurer.warmUp(both.base(), all, warmUp);
            progress.say(
                    "warming up the gateway for %s",
                    all.stream().map(Scenario::id).toList());
            measurer.warmUp(both.gateway(), all, warmUp);
            targets.put(subject, both);
        }
        return targets;
    }

    /** Measures the base first in odd pairs, the gateway first in even ones. */
    private Pair measure(Measurer measurer, Scenario scenario, Both both, int pair)
            throws IOException, InterruptedException {
        boolean baseFirst = pair % 2 == 1;
        Measurement first = measurer.measure(scenario, baseFirst ? both.base() : both.gateway(), pair);
        Measurement second = measurer.measure(scenario, baseFirst ? both.gateway() : both.base(), pair);
        return baseFirst ? new Pair(first, second) : new Pair(second, first);
    }

    private void write(Path out, Map<Scenario, List<Pair>> results, List<Measurement> runs, Setup setup)
            throws IOException {
        StringBuilder text = new StringBuilder("# The gateway compared with another jar of it\n\n")
                .append(setup.markdown())
                .append("\nRatios of the gateway to the base, one a pair of runs of ")
                .append(duration.toSeconds())
                .append(" s: below 1 is less. Medians of ")
                .append(pairs)
                .append(" pairs, their middle half, and the lowest and highest.\n");
        results.forEach((scenario, all) ->
                text.append("\n## ").append(scenario.title()).append("\n\n").append(Ratios.table(all)));
        Files.writeString(out.resolve("compare.md"), text);
        Files.writeString(out.resolve("compare.csv"), ResultsFile.csv(runs));
        System.out.println();
        System.out.print(text);
        progress.say("the comparison is %s", out.resolve("compare.md"));
    }
}
