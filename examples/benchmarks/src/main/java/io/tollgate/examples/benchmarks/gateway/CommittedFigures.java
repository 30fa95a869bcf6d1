package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.report.Spread;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;

/**
 * The figures that a build is held to.
 *
 * @param allocatedBytes bytes allocated per purchase
 * @param cpuRatio CPU per purchase, divided by that of the floor with one gRPC call
 */
record CommittedFigures(double allocatedBytes, double cpuRatio) {
    static final String ALLOCATED = "purchase.allocated_bytes";
    static final String RATIO = "purchase.cpu_ratio_to_floor";

    private static final double ALLOCATED_TOLERANCE = 0.05;
    private static final double RATIO_TOLERANCE = 0.20;

    /** Reads them from a file of properties. */
    static CommittedFigures read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return new CommittedFigures(number(properties, ALLOCATED), number(properties, RATIO));
    }

    /**
     * Compares the median of what was allocated, and the lowest of the ratios: what else happens on a machine, and on the host
     * of a virtual one, only adds to the CPU of a gateway, and less to that of the floor, whose data fits into the caches.
     *
     * @param errors purchases that failed
     * @param disturbedRuns runs during which unrelated processes were busy
     */
    GuardVerdict judge(Spread allocated, Spread ratio, long errors, long disturbedRuns) {
        StringBuilder text = new StringBuilder();
        boolean lessAllocation = line(
                text,
                "allocated bytes per purchase",
                "%,.0f",
                ALLOCATED,
                allocatedBytes,
                ALLOCATED_TOLERANCE,
                allocated,
                allocated.median());
        boolean lessCpu =
                line(text, "CPU per purchase, x floor", "%.2f", RATIO, cpuRatio, RATIO_TOLERANCE, ratio, ratio.min());
        if (errors > 0) {
            text.append(String.format(Locale.ROOT, "FAILED  %,d purchases failed (expected: none)%n", errors));
        }
        if (disturbedRuns > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "        %d runs were disturbed: unrelated processes used more than %.0f %% of the machine.%n",
                    disturbedRuns,
                    100 * Measurer.DISTURBED));
        }
        boolean passes = lessAllocation && lessCpu && errors == 0;
        if (!passes) {
            text.append("""
                    The build is slower than the committed figures allow, or the machine was too busy to tell: \
                    make bench-guard repeats this alone,
                    make bench BASE=path/to/other-gateway.jar compares it with an older jar, and docs/performance.md \
                    explains how to find the cause.
                    Where the price is right, change examples/benchmarks/figures.properties in the same commit, \
                    whose message gives the reason.
                    """);
        }
        return new GuardVerdict(passes, text.toString());
    }

    /** Returns whether the CPU is within what is allowed. */
    boolean allows(Spread ratio) {
        return ratio.min() <= cpuRatio * (1 + RATIO_TOLERANCE);
    }

    private static boolean line(
            StringBuilder text,
            String what,
            String format,
            String key,
            double committed,
            double tolerance,
            Spread measured,
            double judged) {
        double limit = committed * (1 + tolerance);
        boolean passes = judged <= limit;
        String pattern = "%s  %s: " + format + " (" + format + " to " + format + "); committed " + format + ", allowed "
                + format + " (+%.0f %%)%n";
        text.append(String.format(
                Locale.ROOT,
                pattern,
                passes ? "ok    " : "FAILED",
                what,
                measured.median(),
                measured.min(),
                measured.max(),
                committed,
                limit,
                100 * tolerance));
        if (measured.median() < committed * (1 - tolerance)) {
            text.append(String.format(
                    Locale.ROOT,
                    "        Clearly better than committed: lower " + key + " to " + format.replace(",", "")
                            + " in examples/benchmarks/figures.properties, so that it stays so.%n",
                    measured.median()));
        }
        return passes;
    }

    private static double number(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException(key + ": missing in the committed figures");
        }
        return Double.parseDouble(value.strip());
    }
}
