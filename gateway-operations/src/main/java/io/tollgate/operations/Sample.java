package io.tollgate.operations;

import io.tollgate.operations.PolicyCounts.Sums;
import java.util.List;
import java.util.Map;

/**
 * The counts of one second, and the state of the process at its end.
 *
 * @param at its end, in milliseconds since the epoch
 * @param responses by the kinds of {@link Traffic#KINDS}
 * @param policies those that decided something
 * @param rejected the bucket keys that were rejected most, shortened
 * @param states of the components in their order: {@code o} (ok), {@code d} (degraded) or {@code x} (down)
 */
record Sample(
        long at,
        List<Long> responses,
        long active,
        Latency latency,
        Map<String, Sums> policies,
        List<RejectedKey> rejected,
        String states,
        Machine machine) {

    /** Percentiles in microseconds; all negative if there were no requests. */
    record Latency(long p50, long p95, long p99, long max) {
        static final Latency NONE = new Latency(-1, -1, -1, -1);
    }

    record RejectedKey(String policy, String key, long count) {}

    /**
     * The use of the machine by the process.
     *
     * @param cpu the share of all processors together, 0 to 1; negative if it is unknown
     * @param heapUsed in bytes
     * @param heapMax in bytes
     */
    record Machine(double cpu, double systemCpu, long heapUsed, long heapMax, int threads, long gcMillis) {}
}
