package io.tollgate.examples.benchmarks.report;

import io.tollgate.examples.benchmarks.load.LoadResult;

/** Measurements for tests, of which only some figures matter. */
final class Runs {
    private Runs() {}

    static Measurement run(int number, double cpuMicros) {
        return run(number, cpuMicros, 0.01);
    }

    static Measurement run(int number, double cpuMicros, double otherCpu) {
        return new Measurement(
                "purchase",
                "Tollgate",
                number,
                "wrk",
                new LoadResult(100_000, 5, 0, 2_900, 7_100, 9_000),
                new Measurement.Cost(cpuMicros, 360, 25_000, 1.5, 1, 5),
                otherCpu,
                otherCpu > 0.05);
    }
}
