package io.tollgate.runner.admin.live;

import io.tollgate.runner.admin.live.PolicyCounts.Sums;
import java.util.List;
import java.util.Map;

/**
 * What happened in one second.
 *
 * @param at its end, in milliseconds since the epoch
 * @param answers by the kinds of {@link Traffic#KINDS}
 * @param latency in microseconds; all negative where there were no requests
 * @param policies those that decided something
 * @param refused the keys that were refused most, shortened
 * @param states of the components in their order: {@code o}, {@code d} (degraded) or {@code x} (down)
 */
record Sample(
        long at,
        List<Long> answers,
        long active,
        Latency latency,
        Map<String, Sums> policies,
        List<Refused> refused,
        String states,
        Machine machine) {

    record Latency(long p50, long p95, long p99, long max) {
        static final Latency NONE = new Latency(-1, -1, -1, -1);
    }

    record Refused(String policy, String key, long count) {}

    /**
     * What the process takes.
     *
     * @param cpu of all processors together, 0 to 1; negative where it is not known
     * @param heapUsed in bytes
     * @param heapMax in bytes
     */
    record Machine(double cpu, double systemCpu, long heapUsed, long heapMax, int threads, long gcMillis) {}
}
