package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.report.Measurement;
import java.io.PrintStream;
import java.util.Locale;

/** Tells the person at the terminal what happens, with the time since the start. */
final class Progress {
    private final PrintStream out;
    private final long start = System.nanoTime();

    Progress(PrintStream out) {
        this.out = out;
    }

    void say(String format, Object... args) {
        long seconds = (System.nanoTime() - start) / 1_000_000_000L;
        out.printf(Locale.ROOT, "%2d:%02d  %s%n", seconds / 60, seconds % 60, String.format(Locale.ROOT, format, args));
    }

    void measured(Measurement run) {
        say(
                "run %-2d %-16s %-40s %,8.0f/s  p99 %7.2f ms  CPU %6.1f us  %,8.0f B%s%s",
                run.run(),
                run.scenario(),
                run.subject(),
                run.load().perSecond(),
                run.load().p99Micros() / 1e3,
                run.cost().cpuMicros(),
                run.cost().allocatedBytes(),
                run.load().errors() > 0
                        ? String.format(Locale.ROOT, "  %,d ERRORS", run.load().errors())
                        : "",
                run.disturbed()
                        ? String.format(Locale.ROOT, "  disturbed: %.0f %% other CPU", 100 * run.otherCpu())
                        : "");
    }
}
