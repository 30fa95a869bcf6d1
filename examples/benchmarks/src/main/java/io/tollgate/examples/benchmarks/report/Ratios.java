package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The ratios of pairs of runs. */
public final class Ratios {
    private Ratios() {}

    /** Returns a table with the ratio of each figure. Disturbed pairs are left out, unless all are. */
    public static String table(List<Pair> pairs) {
        List<Pair> quiet = pairs.stream().filter(pair -> !pair.isDisturbed()).toList();
        List<Pair> counted = quiet.isEmpty() ? pairs : quiet;
        Table table = new Table("figure", "base", "gateway", "ratio", "middle half", "lowest to highest");
        row(table, counted, "CPU us", 1, run -> run.cost().cpuMicros());
        row(table, counted, "requests/s", 0, run -> run.load().perSecond());
        row(table, counted, "p50 ms", 2, run -> run.load().p50Micros() / 1e3);
        row(table, counted, "p99 ms", 2, run -> run.load().p99Micros() / 1e3);
        row(table, counted, "p99.9 ms", 2, run -> run.load().p999Micros() / 1e3);
        row(table, counted, "allocated bytes", 0, run -> run.cost().allocatedBytes());
        row(table, counted, "RSS MiB", 0, run -> run.cost().residentMebibytes());
        long errors = pairs.stream()
                .mapToLong(pair ->
                        pair.base().load().errors() + pair.gateway().load().errors())
                .sum();
        return table
                + String.format(
                        Locale.ROOT,
                        "%n%d pairs, %d of them disturbed; %,d errors; other CPU %.1f %% at most.%n",
                        pairs.size(),
                        pairs.size() - quiet.size(),
                        errors,
                        100
                                * pairs.stream()
                                        .mapToDouble(pair -> Math.max(
                                                pair.base().otherCpu(),
                                                pair.gateway().otherCpu()))
                                        .max()
                                        .orElse(0));
    }

    private static void row(
            Table table, List<Pair> pairs, String name, int digits, ToDoubleFunction<Measurement> figure) {
        Spread ratio = Spread.of(pairs.stream().map(pair -> pair.ratio(figure)).toList());
        table.row(
                name,
                median(pairs.stream().map(Pair::base).toList(), figure, digits),
                median(pairs.stream().map(Pair::gateway).toList(), figure, digits),
                three(ratio.median()),
                three(ratio.lowerQuartile()) + " to " + three(ratio.upperQuartile()),
                three(ratio.min()) + " to " + three(ratio.max()));
    }

    private static String median(List<Measurement> runs, ToDoubleFunction<Measurement> figure, int digits) {
        double median =
                Spread.of(runs.stream().map(figure::applyAsDouble).toList()).median();
        return String.format(Locale.ROOT, "%,." + digits + "f", median);
    }

    private static String three(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
