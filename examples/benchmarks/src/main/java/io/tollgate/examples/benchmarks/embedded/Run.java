package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.load.LoadResult;
import io.tollgate.examples.benchmarks.probe.ProcessReading;
import java.io.IOException;
import java.time.Duration;

/**
 * A run of one variant.
 *
 * @param cpuMicros CPU of the server's process for one request
 */
record Run(LoadResult load, double cpuMicros) {
    /** Sends requests to {@code port} for some time, and reads what they cost the process {@code pid}. */
    static Run of(Load load, int port, long pid, Duration duration) throws IOException, InterruptedException {
        long before = ProcessReading.of(pid).cpuTicks();
        LoadResult result = load.run(port, duration);
        long ticks = ProcessReading.of(pid).cpuTicks() - before;
        return new Run(result, ticks * (1e6 / ProcessReading.TICKS_PER_SECOND) / result.requests());
    }
}
