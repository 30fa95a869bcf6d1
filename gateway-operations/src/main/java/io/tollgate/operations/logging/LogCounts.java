package io.tollgate.operations.logging;

import java.util.concurrent.atomic.LongAdder;

/** Counts the log lines that were not written. Thread-safe. */
public final class LogCounts {
    /** Counts those of all {@link LogLines} in this process. */
    public static final LogCounts OF_PROCESS = new LogCounts();

    private final LongAdder dropped = new LongAdder();
    private final LongAdder suppressed = new LongAdder();

    LogCounts() {}

    /** Returns the number of lines that were dropped because the queue was full or writing them failed. */
    public long dropped() {
        return dropped.sum();
    }

    /** Returns the number of warnings and errors that were left out as repetitions. */
    public long suppressed() {
        return suppressed.sum();
    }

    void drop(int lines) {
        dropped.add(lines);
    }

    void suppress() {
        suppressed.increment();
    }
}
