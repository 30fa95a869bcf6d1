package io.tollgate.grpc;

import java.util.Arrays;

/** Counts the events of the last seconds, in slots of one second. Not thread-safe. */
final class SlidingCount {
    private static final long SECOND = 1_000_000_000L;

    private final long[] slots;
    private long newest;
    private long sum;

    /**
     * Counts from {@code nanos} on.
     *
     * @param seconds the time for which an event counts
     * @param nanos the time now, as {@link System#nanoTime}
     */
    SlidingCount(int seconds, long nanos) {
        this.slots = new long[seconds];
        this.newest = Math.floorDiv(nanos, SECOND);
    }

    void add(long nanos) {
        forget(nanos);
        slots[slot(newest)]++;
        sum++;
    }

    /** Returns the number of events that count at {@code nanos}. */
    long sum(long nanos) {
        forget(nanos);
        return sum;
    }

    /** Drops what is too old; a time before the newest one is taken for the newest. */
    private void forget(long nanos) {
        long second = Math.floorDiv(nanos, SECOND);
        if (second - newest >= slots.length) {
            Arrays.fill(slots, 0);
            sum = 0;
            newest = second;
            return;
        }
        while (newest - second < 0) {
            newest++;
            sum -= slots[slot(newest)];
            slots[slot(newest)] = 0;
        }
    }

    private int slot(long second) {
        return Math.floorMod(second, slots.length);
    }
}
