package io.tollgate.examples.benchmarks.report;

import io.tollgate.examples.benchmarks.load.LoadResult;

/**
 * The figures of one run.
 *
 * @param scenario the name of the scenario
 * @param subject the process that was measured
 * @param run its number among the runs of this scenario and subject, from 1
 * @param generator the load generator
 * @param load what the load generator saw
 * @param cost what the process spent
 * @param otherCpu CPU used by unrelated processes, as a share of all cores' time, 0 to 1
 * @param disturbed whether that was too much, even after repeating the run
 */
public record Measurement(
        String scenario,
        String subject,
        int run,
        String generator,
        LoadResult load,
        Cost cost,
        double otherCpu,
        boolean disturbed) {
    /**
     * What the measured process spent on a run.
     *
     * @param cpuMicros CPU time per request, user and system, in microseconds
     * @param residentMebibytes its physical memory at the end
     * @param allocatedBytes bytes allocated on the Java heap per request
     * @param contextSwitches context switches per request, voluntary and involuntary
     * @param redisScripts scripts run in Redis per request
     * @param redisCommands commands executed by Redis per request, scripts and what they call
     */
    public record Cost(
            double cpuMicros,
            double residentMebibytes,
            double allocatedBytes,
            double contextSwitches,
            double redisScripts,
            double redisCommands) {}
}
