package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.config.ConfigNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code transcoding.services}. Two configurations are compared by their plain values: the settings of a service cannot be.
 * Immutable.
 */
public final class TranscodingConfig {
    static final String EXPECTED =
            "a list of sections, each with name, host, port, descriptors or reflection, and more";

    private final Object values;
    private final List<TranscodedService> services;

    private TranscodingConfig(Object values, List<TranscodedService> services) {
        this.values = values;
        this.services = List.copyOf(services);
    }

    /** Returns the services of {@code list}; notes what is wrong with them. */
    static TranscodingConfig read(ConfigNode list) {
        List<TranscodedService> services = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ConfigNode element : list.elements(EXPECTED)) {
            new TranscodedServiceReader(element).read().ifPresent(service -> {
                if (!names.add(service.name())) {
                    element.problem(
                            "a second service with the name " + service.name() + " (expected: a name of its own)");
                }
                services.add(service);
            });
        }
        return new TranscodingConfig(requireNonNull(list.plain(new HashMap<>()), "values"), services);
    }

    /** Returns the services, in the order of the list. Unmodifiable. */
    public List<TranscodedService> services() {
        return services;
    }

    boolean isEmpty() {
        return services.isEmpty();
    }

    /** Returns the same services, with the paths of their descriptors relative to the folder of {@code configuration}. */
    TranscodingConfig relativeTo(Optional<Path> configuration) {
        Optional<Path> folder = configuration.map(Path::toAbsolutePath).map(Path::getParent);
        return folder.isEmpty()
                ? this
                : new TranscodingConfig(
                        values,
                        services.stream()
                                .map(service -> service.in(folder.get()))
                                .toList());
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TranscodingConfig other && values.equals(other.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Shows the list. */
    @Override
    public String toString() {
        return values.toString();
    }
}
