package io.tollgate.examples.benchmarks.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A reading of the whole machine from the first line of {@code /proc/stat}.
 *
 * @param busyTicks time in processes, and time that the hypervisor took away (steal). Time in interrupts is left out: the
 *     kernel charges it to no process, and most of it is the traffic between the measured ones
 */
public record MachineReading(long busyTicks) {
    private static final int USER = 1;
    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int STEAL = 8;

    /** Reads it now. */
    public static MachineReading now() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            return of(lines.findFirst().orElseThrow());
        }
    }

    /** Reads the line that begins with {@code cpu}. */
    static MachineReading of(String line) {
        String[] fields = line.strip().split("\\s+");
        return new MachineReading(Long.parseLong(fields[USER])
                + Long.parseLong(fields[NICE])
                + Long.parseLong(fields[SYSTEM])
                + Long.parseLong(fields[STEAL]));
    }
}
