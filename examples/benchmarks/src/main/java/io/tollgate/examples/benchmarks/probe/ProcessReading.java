package io.tollgate.examples.benchmarks.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A reading of one process from {@code /proc}, see proc(5).
 *
 * @param cpuTicks user and system time of all its threads, those that have ended included, in ticks
 * @param childTicks the same of the processes that it started and that have ended
 * @param residentBytes physical memory
 * @param contextSwitches voluntary and involuntary ones of its live threads
 */
public record ProcessReading(long cpuTicks, long childTicks, long residentBytes, long contextSwitches) {
    /** Ticks in a second, {@code sysconf(_SC_CLK_TCK)}, which is 100 on every Linux of today; one tick is 10 ms. */
    public static final long TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int CUTIME = 13;
    private static final int CSTIME = 14;

    /** Reads the process {@code pid}. */
    public static ProcessReading of(long pid) throws IOException {
        Path folder = Path.of("/proc", Long.toString(pid));
        long[] ticks = ticks(Files.readString(folder.resolve("stat")));
        long resident = field(Files.readAllLines(folder.resolve("status")), "VmRSS:") * 1_024;
        long switches = 0;
        try (Stream<Path> threads = Files.list(folder.resolve("task"))) {
            for (Path thread : threads.toList()) {
                switches += contextSwitches(thread);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new ProcessReading(ticks[0], ticks[1], resident, switches);
    }

    /** Returns the ticks of the process and of its children from a line of {@code /proc/PID/stat}. */
    static long[] ticks(String stat) {
        // The name of the command, in brackets, may contain spaces and brackets.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new long[] {
            Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
            Long.parseLong(fields[CUTIME]) + Long.parseLong(fields[CSTIME])
        };
    }

    /** Returns the number in the line that begins with {@code name}, or 0. */
    static long field(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(
                        line.substring(name.length()).replace("kB", "").strip());
            }
        }
        return 0;
    }

    private static long contextSwitches(Path thread) throws IOException {
        try {
            List<String> lines = Files.readAllLines(thread.resolve("status"));
            return field(lines, "voluntary_ctxt_switches:") + field(lines, "nonvoluntary_ctxt_switches:");
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            // A thread that ended between the listing and the read fails with ESRCH.
            if (Files.exists(thread)) {
                throw e;
            }
            return 0;
        }
    }
}
