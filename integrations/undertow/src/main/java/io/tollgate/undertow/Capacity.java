package io.tollgate.undertow;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Default limits that fit this process: its heap, its direct memory, which is as large by default, and its descriptors. */
final class Capacity {
    /**
     * The heap for each connection. An idle one takes 4 KiB of heap, one with a request up to 12 KiB before its body; each may
     * hold a buffer of 16 KiB outside the heap, so that at most half of the direct memory is taken.
     */
    private static final long HEAP_PER_CONNECTION = 32 * 1024;

    /** The share of the heap for unfinished heads and for bodies. */
    private static final int BUFFER_SHARE = 8;

    /** The descriptors that are left to the rest of the process: jars, logs, and connections to services. */
    private static final long OTHER_DESCRIPTORS = 128;

    private static final int MIN_CONNECTIONS = 16;
    private static final int MAX_CONNECTIONS = 1_000_000;

    private Capacity() {}

    /** Returns the number of connections that heap and descriptors allow; a third of the descriptors stays free. */
    static int connections() {
        return connections(Runtime.getRuntime().maxMemory(), descriptors());
    }

    static int connections(long heap, long descriptors) {
        long least = Math.min(heap / HEAP_PER_CONNECTION, (descriptors - OTHER_DESCRIPTORS) / 3 * 2);
        return (int) Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, least));
    }

    /** Returns the bytes for heads and bodies. */
    static long bufferedBytes() {
        return Runtime.getRuntime().maxMemory() / BUFFER_SHARE;
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
