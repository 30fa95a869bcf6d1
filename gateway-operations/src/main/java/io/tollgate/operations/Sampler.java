package io.tollgate.operations;

import com.sun.management.OperatingSystemMXBean;
import io.tollgate.operations.Condition.Status;
import io.tollgate.operations.PolicyCounts.Sums;
import io.tollgate.operations.Sample.Machine;
import io.tollgate.operations.Sample.RejectedKey;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes samples of what was counted. Not thread-safe. */
final class Sampler {
    private static final int MAX_REJECTED = 20;

    private final Traffic traffic;
    private final Readiness readiness;
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    Sampler(Traffic traffic, Readiness readiness) {
        this.traffic = traffic;
        this.readiness = readiness;
    }

    Sample sample(long now) {
        Map<String, Sums> policies = new TreeMap<>();
        List<RejectedKey> rejected = new ArrayList<>();
        traffic.policies().forEach((name, counts) -> {
            Sums sums = counts.drain();
            if (!sums.none()) {
                policies.put(name, sums);
            }
            counts.drainKeys()
                    .forEach((key, count) -> rejected.add(new RejectedKey(
                            name, key.equals(PolicyCounts.OTHER_KEYS) ? key : Masked.key(key), count.sum())));
        });
        rejected.sort(Comparator.comparingLong(RejectedKey::count).reversed());
        return new Sample(
                now,
                traffic.drainResponses(),
                traffic.active(),
                traffic.drainLatencies(),
                policies,
                List.copyOf(rejected.subList(0, Math.min(MAX_REJECTED, rejected.size()))),
                states(),
                machine());
    }

    private String states() {
        StringBuilder states = new StringBuilder();
        readiness.report().components().forEach(c -> states.append(letter(c.status())));
        return states.toString();
    }

    private static char letter(Status status) {
        return switch (status) {
            case OK -> 'o';
            case DEGRADED -> 'd';
            case DOWN -> 'x';
        };
    }

    private Machine machine() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long gcMillis = 0;
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            gcMillis += Math.max(0, gc.getCollectionTime());
        }
        return new Machine(
                system.getProcessCpuLoad(),
                system.getCpuLoad(),
                heap.getUsed(),
                heap.getMax(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                gcMillis);
    }
}
