package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import io.tollgate.grpc.Upstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transcoders of several services as one, which is exchanged as a whole when the descriptors of a service change. Requests that a
 * former transcoder has routed are handled by it, so that an exchange costs none.
 *
 * <pre>{@code
 * TranscoderGroup services = TranscoderGroup.builder()
 *         .file("library", Path.of("library.binpb"), () -> Transcoder.builder(library))
 *         .reflection("catalog", catalog, () -> Transcoder.builder(catalog))
 *         .build();
 * RouteEndpoint endpoint = request -> services.current().handle(request);
 * }</pre>
 *
 * <p>Files are read again when {@link #reload} says so. Servers with reflection are asked every 30 seconds and when they reconnect, on a
 * thread of the group. Descriptors that cannot be served are logged, and the former ones stay. Thread-safe.
 */
public final class TranscoderGroup implements AutoCloseable {
    static final Duration REFLECTION_INTERVAL = Duration.ofSeconds(30);

    private final Map<String, DescribedService> services = new LinkedHashMap<>();
    private final @Nullable ScheduledExecutorService timer;
    private volatile Transcoder current = Transcoder.of(List.of());

    private TranscoderGroup(Builder builder) {
        builder.sources.forEach((name, source) -> services.put(name, new DescribedService(this, name, source)));
        List<TranscodingProblem> problems = new ArrayList<>();
        services.values().forEach(service -> service.readFirst(problems));
        exchange(problems);
        if (!problems.isEmpty()) {
            throw new InvalidTranscodingException(problems);
        }
        List<DescribedService> reflecting =
                services.values().stream().filter(DescribedService::reflects).toList();
        ScheduledExecutorService asking = reflecting.isEmpty() ? null : timer();
        timer = asking;
        if (asking != null) {
            for (DescribedService service : reflecting) {
                var unused = asking.scheduleWithFixedDelay(() -> service.ask(asking), 0, 1, TimeUnit.SECONDS);
            }
        }
    }

    private static ScheduledExecutorService timer() {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tollgate-reflection");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns a builder of a group without services. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The place of a service's descriptors.
     *
     * @param file null for a server with reflection
     * @param server null for a file
     */
    record Source(@Nullable Path file, @Nullable Upstream server, Supplier<TranscoderBuilder> settings) {}

    /**
     * The state of a service's descriptors.
     *
     * @param name of the service in the group
     * @param routes the number of its routes; empty if it has had no descriptors yet, which a server with reflection may not
     * @param fault the reason why newer descriptors are not served, if there are any, or none at all
     */
    public record ServiceState(String name, Optional<Integer> routes, Optional<String> fault) {}

    /** Returns the routes of all services that have descriptors. */
    public Transcoder current() {
        return current;
    }

    /** Returns the states of the services, in the order in which they were added. */
    public List<ServiceState> states() {
        return services.values().stream().map(DescribedService::state).toList();
    }

    /**
     * Reads the file of a service again, and exchanges its routes if they changed. Blocks while it reads. Descriptors that cannot be
     * served change nothing: the reason is logged, and in the {@linkplain #states() state} of the service.
     *
     * @return whether the file is served now
     * @throws IllegalArgumentException if there is no service of that name with a file
     */
    public boolean reload(String name) {
        DescribedService service = services.get(name);
        if (service == null || service.reflects()) {
            throw new IllegalArgumentException("name: " + name + " (expected: that of a service with a file)");
        }
        return service.reload();
    }

    /** Makes one transcoder of all that are built; notes routes that two of them have. */
    synchronized void exchange(List<TranscodingProblem> problems) {
        List<Binding> all = new ArrayList<>();
        services.values().forEach(service -> service.built().ifPresent(one -> all.addAll(one.bindings())));
        List<TranscodingProblem> found = new ArrayList<>();
        try {
            Transcoder made = Transcoder.of(all, found);
            if (problems.isEmpty()) {
                current = made;
            }
        } catch (InvalidTranscodingException e) {
            problems.addAll(e.problems());
        }
    }

    /** Ends the thread of the group. What it serves goes on. */
    @Override
    public void close() {
        if (timer != null) {
            timer.shutdownNow();
        }
    }

    /** Describes a {@link TranscoderGroup}. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Source> sources = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a service whose descriptors are in a file, which is read when the group is built.
         *
         * @param name of the service in {@link #states()} and in logs
         * @param settings returns a new builder, with everything but descriptors, whenever they have changed
         */
        public Builder file(String name, Path file, Supplier<TranscoderBuilder> settings) {
            return add(name, new Source(requireNonNull(file, "file"), null, settings));
        }

        /**
         * Adds a service whose server is asked for its descriptors. It has no routes until the server has responded.
         *
         * @param name of the service in {@link #states()} and in logs
         * @param settings returns a new builder, with everything but descriptors, whenever they have changed
         */
        public Builder reflection(String name, Upstream server, Supplier<TranscoderBuilder> settings) {
            return add(name, new Source(null, requireNonNull(server, "server"), settings));
        }

        private Builder add(String name, Source source) {
            requireNonNull(source.settings(), "settings");
            if (sources.putIfAbsent(requireNonNull(name, "name"), source) != null) {
                throw new IllegalArgumentException("name: " + name + " (expected: one for each service)");
            }
            return this;
        }

        /**
         * Reads the files. Blocks.
         *
         * @throws InvalidTranscodingException with every problem of all files
         */
        public TranscoderGroup build() {
            return new TranscoderGroup(this);
        }
    }
}
