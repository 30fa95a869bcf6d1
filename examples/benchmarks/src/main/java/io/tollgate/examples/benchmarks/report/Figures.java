package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The tables of a report. */
public final class Figures {
    private Figures() {}

    /** Returns speed and CPU of every process in every scenario. */
    public static String speed(List<Section> sections) {
        Table table = new Table(
                "scenario, process",
                "requests/s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "errors",
                "CPU us",
                "min to max",
                "x floor");
        for (Section section : sections) {
            for (Row row : section.rows()) {
                Spread cpu = row.spread(run -> run.cost().cpuMicros());
                table.row(
                        section.title() + ": " + row.title() + (row.disturbedRuns() > 0 ? " *" : ""),
                        whole(row.median(run -> run.load().perSecond())),
                        millis(row, run -> run.load().p50Micros()),
                        millis(row, run -> run.load().p99Micros()),
                        millis(row, run -> run.load().p999Micros()),
                        whole(row.runs().stream()
                                .mapToDouble(run -> run.load().errors())
                                .sum()),
                        tenths(cpu.median()),
                        tenths(cpu.min()) + " to " + tenths(cpu.max()),
                        section.floor()
                                .filter(floor -> !row.isFloor())
                                .map(floor -> hundredths(cpu.median()
                                        / floor.median(run -> run.cost().cpuMicros())))
                                .orElse(""));
            }
        }
        return table.toString();
    }

    /** Returns everything else that was measured. */
    public static String resources(List<Section> sections) {
        Table table = new Table(
                "scenario, process",
                "allocated bytes",
                "RSS MiB",
                "context switches",
                "Redis scripts",
                "Redis commands",
                "other CPU %",
                "load from",
                "runs");
        for (Section section : sections) {
            for (Row row : section.rows()) {
                table.row(
                        section.title() + ": " + row.title() + (row.disturbedRuns() > 0 ? " *" : ""),
                        whole(row.median(run -> run.cost().allocatedBytes())),
                        whole(row.median(run -> run.cost().residentMebibytes())),
                        hundredths(row.median(run -> run.cost().contextSwitches())),
                        hundredths(row.median(run -> run.cost().redisScripts())),
                        hundredths(row.median(run -> run.cost().redisCommands())),
                        tenths(100 * row.median(Measurement::otherCpu)),
                        row.runs().get(0).generator(),
                        runs(row));
            }
        }
        return table.toString();
    }

    private static String runs(Row row) {
        return row.disturbedRuns() == 0
                ? Integer.toString(row.runs().size())
                : row.runs().size() + ", " + row.disturbedRuns() + " disturbed";
    }

    private static String millis(Row row, ToDoubleFunction<Measurement> micros) {
        return hundredths(row.median(micros) / 1_000);
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String tenths(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }

    static String hundredths(double value) {
        return String.format(Locale.ROOT, "%,.2f", value);
    }
}
