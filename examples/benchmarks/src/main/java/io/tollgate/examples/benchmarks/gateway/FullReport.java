package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.report.Chart;
import io.tollgate.examples.benchmarks.report.Figures;
import io.tollgate.examples.benchmarks.report.Measurement;
import io.tollgate.examples.benchmarks.report.ResultsFile;
import io.tollgate.examples.benchmarks.report.Row;
import io.tollgate.examples.benchmarks.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The files that a full run leaves behind.
 *
 * @param scenarios the scenarios, in the order of the report
 * @param runs every run
 * @param rounds how many runs each process had in each scenario
 * @param duration how long each was
 * @param warmUp how long each process was warmed up
 */
record FullReport(List<Scenario> scenarios, List<Measurement> runs, int rounds, Duration duration, Duration warmUp) {
    /** Writes them into {@code folder}, and returns the tables. */
    String write(Path folder, Setup setup) throws IOException {
        List<Section> sections = sections();
        String figures = setup.markdown()
                + "\nMedians of " + rounds + " runs of " + duration.toSeconds() + " s, after a warm-up of "
                + warmUp.toSeconds()
                + " s. *CPU us* is the CPU time of the process for one request, *x floor* its ratio "
                + "to the floor of the scenario.\n\n"
                + Figures.speed(sections)
                + "\nFor one request, except RSS and other CPU:\n\n"
                + Figures.resources(sections)
                + disturbedNote();
        Files.writeString(folder.resolve("figures.md"), figures);
        Files.writeString(folder.resolve("cpu.svg"), Chart.svg(sections));
        Files.writeString(folder.resolve("results.csv"), ResultsFile.csv(runs));
        Files.writeString(
                folder.resolve("report.md"),
                "# Benchmark of the gateway\n\n" + figures + "\n![CPU per request](cpu.svg)\n\n"
                        + "docs/performance.md explains the columns; results.csv has every run.\n");
        return figures;
    }

    private List<Section> sections() {
        return scenarios.stream()
                .map(scenario -> new Section(
                        scenario.title(),
                        scenario.subjects().stream()
                                .map(subject -> new Row(subject.title(), subject.role(), runs(scenario, subject)))
                                .toList()))
                .toList();
    }

    private List<Measurement> runs(Scenario scenario, Subject subject) {
        return runs.stream()
                .filter(run ->
                        run.scenario().equals(scenario.id()) && run.subject().equals(subject.title()))
                .toList();
    }

    private String disturbedNote() {
        long disturbed = runs.stream().filter(Measurement::disturbed).count();
        return disturbed == 0
                ? ""
                : "\n\\* " + disturbed + " of " + runs.size()
                        + " runs were disturbed: unrelated processes used more than "
                        + Math.round(100 * Measurer.DISTURBED)
                        + " % of the machine, repeated or not. They count only where all runs of a row were.\n";
    }
}
