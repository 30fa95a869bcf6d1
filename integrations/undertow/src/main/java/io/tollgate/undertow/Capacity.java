package io.tollgate.undertow;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Default limits that fit this process: its heap, its direct memory and its descriptors. */
final class Capacity {
    /** The heap for each connection. An idle one takes 4 KiB of it, one with a request up to 12 KiB before its body. */
    private static final long HEAP_PER_CONNECTION = 32 * 1024;

    /** The heap that the state of TLS takes for each connection, in addition. */
    private static final long HEAP_OF_TLS = 32 * 1024;

    /** The direct memory for each connection, twice the buffer in which it may hold what a client pipelines. */
    private static final long DIRECT_PER_CONNECTION = 2L * Listener.BUFFER_SIZE;

    /** The share of the heap for unfinished heads and for bodies. */
    private static final int BUFFER_SHARE = 8;

    /** The descriptors that are left to the rest of the process: jars, logs, and connections to services. */
    private static final long OTHER_DESCRIPTORS = 128;

    private static final int MIN_CONNECTIONS = 16;
    private static final int MAX_CONNECTIONS = 1_000_000;

    private Capacity() {}

    /** Returns the number of connections that memory and descriptors allow; a third of the descriptors stays free. */
    static int connections(boolean tls) {
        return connections(Runtime.getRuntime().maxMemory(), directMemory(), descriptors(), tls);
    }

    static int connections(long heap, long direct, long descriptors, boolean tls) {
        long heapPerConnection = HEAP_PER_CONNECTION + (tls ? HEAP_OF_TLS : 0);
        long byMemory = Math.min(heap / heapPerConnection, direct / DIRECT_PER_CONNECTION);
        long least = Math.min(byMemory, (descriptors - OTHER_DESCRIPTORS) / 3 * 2);
        return (int) Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, least));
    }

    /** Returns the bytes for heads and bodies. */
    static long bufferedBytes() {
        return Runtime.getRuntime().maxMemory() / BUFFER_SHARE;
    }

    /** Returns the limit of direct memory, which is that of the heap unless it is set. */
    private static long directMemory() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            long set = jvm == null
                    ? 0
                    : Long.parseLong(jvm.getVMOption("MaxDirectMemorySize").getValue());
            return set > 0 ? set : Runtime.getRuntime().maxMemory();
        } catch (IllegalArgumentException e) { // A JVM without that option.
            return Runtime.getRuntime().maxMemory();
        }
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
