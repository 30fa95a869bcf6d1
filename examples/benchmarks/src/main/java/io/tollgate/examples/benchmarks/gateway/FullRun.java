package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.report.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Measures the gateway, its floors and its peer in every scenario, and writes the report. */
final class FullRun {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 5;
    private static final int WARM_UP_SECONDS = 45;

    private final Options options;
    private final Progress progress;
    private final List<Scenario> scenarios;
    private final int rounds;
    private final Duration duration;
    private final Duration warmUp;

    FullRun(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
        this.scenarios = options.text("scenarios").map(Scenario::parse).orElse(List.of(Scenario.values()));
        this.rounds = options.number("rounds", ROUNDS);
        this.duration = Duration.ofSeconds(options.number("seconds", SECONDS));
        this.warmUp = Duration.ofSeconds(options.number("warmup", WARM_UP_SECONDS));
    }

    void run() throws IOException, InterruptedException, TimeoutException {
        Path out = Files.createDirectories(options.path("out"));
        Path work = out.resolve("work");
        Set<Subject> subjects = new LinkedHashSet<>();
        scenarios.forEach(scenario -> subjects.addAll(scenario.subjects()));
        announce(subjects.size());
        try (TestBed bed = new TestBed(work, options.text("redis").orElse(""))) {
            Generators generators = Generators.installed(work);
            Measurer measurer = new Measurer(bed, generators, duration, runs() / 5, progress);
            Map<Subject, Target> targets = new EnumMap<>(Subject.class);
            for (Subject subject : subjects) {
                Path jar = options.path(subject.kind() == Subject.Kind.PEER ? "peer" : "gateway");
                Target target = bed.start(subject, subject.title(), jar);
                targets.put(subject, target);
                progress.say(
                        "warming up %d of %d: %s (%s, pid %d)",
                        targets.size(),
                        subjects.size(),
                        subject.title(),
                        subject,
                        target.process().pid());
                measurer.warmUp(target, scenariosOf(subject), warmUp);
            }
            List<Measurement> measured = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                progress.say("round %d of %d", round, rounds);
                for (Scenario scenario : scenarios) {
                    for (Subject subject : rotated(scenario.subjects(), round)) {
                        measured.add(measurer.measure(scenario, targets.get(subject), round));
                    }
                }
            }
            if (subjects.contains(Subject.TRACED) && bed.traces().batches() == 0) {
                throw new IllegalStateException("no span has arrived: " + Subject.TRACED.title() + " traced nothing");
            }
            Setup setup = Setup.of(options, bed, generators);
            String figures = new FullReport(scenarios, measured, rounds, duration, warmUp).write(out, setup);
            System.out.println();
            System.out.print(figures);
            progress.say("the report is %s", out.resolve("report.md"));
        }
    }

    private void announce(int subjects) {
        long seconds = subjects * (warmUp.toSeconds() + 3) + runs() * (duration.toSeconds() + 2);
        progress.say(
                "%d processes, each warmed up for %d s, then %d rounds with %d runs of %d s: about %d minutes",
                subjects,
                warmUp.toSeconds(),
                rounds,
                runs() / rounds,
                duration.toSeconds(),
                Math.round(seconds / 60.0));
    }

    private int runs() {
        return rounds * scenarios.stream().mapToInt(s -> s.subjects().size()).sum();
    }

    private List<Scenario> scenariosOf(Subject subject) {
        return scenarios.stream()
                .filter(scenario -> scenario.subjects().contains(subject))
                .toList();
    }

    /** Returns them in an order that begins with another one in each round, so that none always runs after the same. */
    private static List<Subject> rotated(List<Subject> subjects, int round) {
        Subject[] all = subjects.toArray(new Subject[0]);
        Collections.rotate(Arrays.asList(all), round);
        return List.of(all);
    }
}
