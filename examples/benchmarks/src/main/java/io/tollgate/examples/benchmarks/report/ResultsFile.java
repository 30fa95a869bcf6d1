package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** Every single run, as comma-separated values for other programs. */
public final class ResultsFile {
    private static final String HEADER = "scenario,subject,run,generator,requests,seconds,errors,p50_us,p99_us,p999_us,"
            + "cpu_us,rss_mib,allocated_bytes,context_switches,redis_scripts,redis_commands,other_cpu,disturbed\n";

    private ResultsFile() {}

    /** Returns the header and a line a run. */
    public static String csv(List<Measurement> runs) {
        StringBuilder text = new StringBuilder(HEADER);
        for (Measurement run : runs) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s,%s,%d,%s,%d,%.3f,%d,%d,%d,%d,%.2f,%.1f,%.1f,%.3f,%.3f,%.3f,%.4f,%b%n",
                    run.scenario(),
                    run.subject(),
                    run.run(),
                    run.generator(),
                    run.load().requests(),
                    run.load().seconds(),
                    run.load().errors(),
                    run.load().p50Micros(),
                    run.load().p99Micros(),
                    run.load().p999Micros(),
                    run.cost().cpuMicros(),
                    run.cost().residentMebibytes(),
                    run.cost().allocatedBytes(),
                    run.cost().contextSwitches(),
                    run.cost().redisScripts(),
                    run.cost().redisCommands(),
                    run.otherCpu(),
                    run.disturbed()));
        }
        return text.toString();
    }
}
