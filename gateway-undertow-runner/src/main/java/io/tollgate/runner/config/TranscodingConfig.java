package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.config.ConfigNode;
import io.tollgate.grpc.transcoding.TranscoderBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * {@code transcoding.services}. Two configurations are compared by their plain values: the settings of a service cannot be.
 * Immutable.
 */
public final class TranscodingConfig {
    static final String EXPECTED =
            "a list of sections, each with name, host, port, descriptors or reflection, and more";

    private final Object values;
    private final List<Service> services;

    private TranscodingConfig(Object values, List<Service> services) {
        this.values = values;
        this.services = List.copyOf(services);
    }

    /**
     * A service that is exposed from its descriptors.
     *
     * @param name of the upstream, in logs and metrics
     * @param backends where it is, at least one: names, of which all addresses are used, or addresses
     * @param tls empty for plain text
     * @param descriptors the file of its descriptors; without one its server is asked
     * @param longestDeadline the longest of its calls with one response
     * @param maxBodySize in bytes
     * @param settings of its transcoder
     */
    public record Service(
            String name,
            List<GatewayConfig.HostPort> backends,
            Optional<GatewayConfig.ServiceTls> tls,
            Optional<Path> descriptors,
            Duration longestDeadline,
            int maxBodySize,
            List<Consumer<TranscoderBuilder>> settings) {
        public Service {
            backends = List.copyOf(backends);
            settings = List.copyOf(settings);
        }

        /** Applies the settings to {@code builder}. */
        public TranscoderBuilder apply(TranscoderBuilder builder) {
            settings.forEach(setting -> setting.accept(builder));
            return builder;
        }
    }

    /** Returns the services of {@code list}; notes what is wrong with them. */
    static TranscodingConfig read(ConfigNode list) {
        List<Service> services = new ArrayList<>();
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
    public List<Service> services() {
        return services;
    }

    boolean isEmpty() {
        return services.isEmpty();
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
