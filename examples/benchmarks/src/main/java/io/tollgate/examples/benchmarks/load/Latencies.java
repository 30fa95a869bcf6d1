package io.tollgate.examples.benchmarks.load;

import org.HdrHistogram.Histogram;

/** Latencies of one thread, in microseconds, true to three digits up to a minute. */
final class Latencies {
    private static final long HIGHEST = 60_000_000;

    private final Histogram histogram = new Histogram(1, HIGHEST, 3);

    void record(long micros) {
        histogram.recordValue(Math.min(Math.max(micros, 0), HIGHEST));
    }

    void add(Latencies other) {
        histogram.add(other.histogram);
    }

    LoadResult result(long requests, double seconds, long errors) {
        return new LoadResult(
                requests,
                seconds,
                errors,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9));
    }
}
