package io.tollgate.micrometer;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * Finds meters by a label without allocating. Labels that code or a service may make up without end are bounded: those beyond
 * the first {@code max} share one entry, {@value #OTHER}.
 */
final class ByLabel<T> {
    static final String OTHER = "other";

    private final int max;
    private final Function<String, T> create;
    private final ConcurrentMap<String, T> entries = new ConcurrentHashMap<>();

    /** Calls {@code create} with each label that is new, or with {@value #OTHER}. */
    ByLabel(int max, Function<String, T> create) {
        this.max = max;
        this.create = create;
    }

    T get(String label) {
        T entry = entries.get(label);
        if (entry != null) {
            return entry;
        }
        // Threads that come at once may each add one beyond the limit.
        return entries.computeIfAbsent(entries.size() < max ? label : OTHER, create);
    }
}
