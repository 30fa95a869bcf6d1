package io.tollgate.examples.benchmarks.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A description of the machine.
 *
 * @param cores processors that this process may use
 * @param model the name of the processor
 * @param kernel the version of the kernel
 * @param memoryBytes physical memory
 */
public record Machine(int cores, String model, String kernel, long memoryBytes) {
    /** Describes this one. */
    public static Machine current() throws IOException {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                value(Files.readString(Path.of("/proc/cpuinfo")), "model name"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                ProcessReading.field(Files.readAllLines(Path.of("/proc/meminfo")), "MemTotal:") * 1_024);
    }

    /** Returns it in one line. */
    public String line() {
        return String.format(
                Locale.ROOT, "%d cores of %s, %.0f GiB of memory, %s", cores, model, memoryBytes / 0x1p30, kernel);
    }

    private static String value(String cpuinfo, String name) {
        return cpuinfo.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("an unknown processor");
    }
}
