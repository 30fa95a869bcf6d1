package io.tollgate.examples.benchmarks.probe;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads from another JVM how much its threads have allocated. The JVM needs no flags for it: its own management agent is
 * started by attaching, as {@code jcmd PID ManagementAgent.start_local} does. What the agent's threads allocate to
 * answer is left out.
 */
public final class JvmProbe implements AutoCloseable {
    private final JMXConnector connector;
    private final ThreadMXBean threads;

    private JvmProbe(JMXConnector connector, ThreadMXBean threads) {
        this.connector = connector;
        this.threads = threads;
    }

    /** Attaches to the process {@code pid}, of the same user. */
    @SuppressWarnings("BanJNDI") // The address comes from a process that this one has started.
    public static JvmProbe attach(long pid) throws IOException {
        String address;
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                address = machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("cannot attach to the JVM " + pid, e);
        }
        JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
        MBeanServerConnection server = connector.getMBeanServerConnection();
        return new JvmProbe(
                connector,
                ManagementFactory.newPlatformMXBeanProxy(
                        server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class));
    }

    /** Returns the bytes that each thread has allocated so far, by its id. */
    public Map<Long, Long> allocatedBytes() {
        long[] ids = threads.getAllThreadIds();
        ThreadInfo[] infos = threads.getThreadInfo(ids);
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> byId = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (infos[i] != null && bytes[i] >= 0 && !isOfTheAgent(infos[i].getThreadName())) {
                byId.put(ids[i], bytes[i]);
            }
        }
        return byId;
    }

    /** Returns what all threads of {@code after} have allocated since {@code before}. */
    public static long difference(Map<Long, Long> before, Map<Long, Long> after) {
        long sum = 0;
        for (Map.Entry<Long, Long> thread : after.entrySet()) {
            sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return sum;
    }

    private static boolean isOfTheAgent(String thread) {
        return thread.startsWith("RMI ") || thread.startsWith("JMX ") || thread.equals("Attach Listener");
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
