package io.tollgate.runner.ops;

import java.util.concurrent.atomic.LongAdder;

/** What did not reach the log. Thread-safe. */
public final class LogCounts {
    /** Of all logging in this process. */
    public static final LogCounts OF_PROCESS = new LogCounts();

    private final LongAdder dropped = new LongAdder();
    private final LongAdder suppressed = new LongAdder();

    LogCounts() {}

    /** Lines that found the queue full. */
    public long dropped() {
        return dropped.sum();
    }

    /** Lines left out because many like them had just been written. */
    public long suppressed() {
        return suppressed.sum();
    }

    void drop() {
        dropped.increment();
    }

    void suppress() {
        suppressed.increment();
    }
}
