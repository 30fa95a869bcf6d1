package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.report.Spread;
import io.tollgate.examples.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Collects runs, and compares each with the bare server's of the same round. */
final class Report {
    private final Map<String, Map<String, List<Run>>> runs = new LinkedHashMap<>();

    /** Adds the next run of a variant; the bare server is the first that is added for a server. */
    void add(String server, String variant, Run run) {
        runs.computeIfAbsent(server, name -> new LinkedHashMap<>())
                .computeIfAbsent(variant, name -> new ArrayList<>())
                .add(run);
    }

    @Override
    public String toString() {
        Table table = new Table(
                "server", "requests/s", "p50 ms", "p99 ms", "errors", "CPU us", "x bare", "middle half", "CPU us more");
        runs.forEach((server, variants) -> {
            List<Run> bare = variants.values().iterator().next();
            variants.forEach((variant, all) -> {
                Spread ratio = Spread.of(perRound(all, bare, (run, base) -> run.cpuMicros() / base.cpuMicros()));
                Spread more = Spread.of(perRound(all, bare, (run, base) -> run.cpuMicros() - base.cpuMicros()));
                boolean isBare = all == bare;
                table.row(
                        server + ": " + variant,
                        median(all, run -> run.load().perSecond(), "%,.0f"),
                        median(all, run -> run.load().p50Micros() / 1e3, "%.2f"),
                        median(all, run -> run.load().p99Micros() / 1e3, "%.2f"),
                        Long.toString(all.stream()
                                .mapToLong(run -> run.load().errors())
                                .sum()),
                        median(all, Run::cpuMicros, "%.1f"),
                        isBare ? "" : format("%.3f", ratio.median()),
                        isBare ? "" : format("%.3f to %.3f", ratio.lowerQuartile(), ratio.upperQuartile()),
                        isBare ? "" : format("%.1f", more.median()));
            });
        });
        return table.toString();
    }

    /** Returns the ratio of each variant to the bare server, one row for each server that has the usual variants. */
    String overheads() {
        Table table = new Table("server", Server.LIMITED, Server.AUTHENTICATED);
        runs.forEach((server, variants) -> {
            if (List.copyOf(variants.keySet()).equals(Server.USUAL)) {
                List<Run> bare = variants.get(Server.BARE);
                table.row(
                        server,
                        overhead(variants.get(Server.LIMITED), bare),
                        overhead(variants.get(Server.AUTHENTICATED), bare));
            }
        });
        return table.toString();
    }

    private static String overhead(List<Run> runs, List<Run> bare) {
        List<Double> ratios = perRound(runs, bare, (run, base) -> run.cpuMicros() / base.cpuMicros());
        return format("%.2f", Spread.of(ratios).median());
    }

    @FunctionalInterface
    private interface Comparison {
        double of(Run run, Run base);
    }

    private static List<Double> perRound(List<Run> runs, List<Run> bare, Comparison comparison) {
        List<Double> values = new ArrayList<>();
        for (int round = 0; round < runs.size(); round++) {
            values.add(comparison.of(runs.get(round), bare.get(round)));
        }
        return values;
    }

    private static String median(List<Run> runs, ToDoubleFunction<Run> figure, String format) {
        return format(
                format,
                Spread.of(runs.stream().map(figure::applyAsDouble).toList()).median());
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
