package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.load.ClosedLoop;
import io.tollgate.examples.benchmarks.load.LoadResult;
import io.tollgate.examples.benchmarks.load.LoadSpec;
import io.tollgate.examples.benchmarks.load.OneRequest;
import io.tollgate.examples.benchmarks.load.RequestSpec;
import io.tollgate.examples.benchmarks.probe.ProcessReading;
import java.io.IOException;
import java.time.Duration;

/**
 * A run of one variant.
 *
 * @param cpuMicros CPU of the server's process for one request
 */
record Run(LoadResult load, double cpuMicros) {
    private static final int CONNECTIONS = 16;

    /** Sends requests to {@code port} for some time, and reads what they cost the process {@code pid}. */
    static Run of(int port, long pid, RequestSpec request, Duration duration) throws IOException, InterruptedException {
        OneRequest.check(port, request);
        long before = ProcessReading.of(pid).cpuTicks();
        LoadResult load = new ClosedLoop(1).run(new LoadSpec(port, request, CONNECTIONS, duration, 0));
        long ticks = ProcessReading.of(pid).cpuTicks() - before;
        return new Run(load, ticks * (1e6 / ProcessReading.TICKS_PER_SECOND) / load.requests());
    }
}
