package io.tollgate.runner;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.tollgate.config.FileWatch;
import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.transcoding.InvalidTranscodingException;
import io.tollgate.grpc.transcoding.ServiceDescriptors;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.operations.ApiPages;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.TranscodedService;
import io.tollgate.runner.config.TranscodingConfig;
import io.tollgate.runner.http.CustomRoute;
import io.tollgate.runner.routes.ApiRoute;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that are exposed from their descriptors, and the transcoder of all of them, which is exchanged as a whole when the
 * descriptors of one change. A request is handled by the transcoder that found its route.
 */
final class Transcoding implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    /** A change counts when two looks have seen it. */
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

    private static final Duration REFLECTION_INTERVAL = Duration.ofSeconds(30);
    private static final Duration REFLECTION_TIMEOUT = Duration.ofSeconds(10);

    private final List<Exposed> exposed = new ArrayList<>();
    private final List<FileWatch> watches = new ArrayList<>();
    private final List<Map.Entry<String, String>> own;
    private @Nullable ScheduledExecutorService reflection;
    private volatile Transcoder current = Transcoder.of(List.of());

    /**
     * Reads the descriptors in files, and begins to ask the servers of the other services.
     *
     * @param own verb and template of the gateway's own routes
     * @throws GatewayStartException with every problem of the descriptors
     */
    Transcoding(TranscodingConfig config, Services services, List<Map.Entry<String, String>> own) {
        this.own = own;
        for (TranscodedService service : config.services()) {
            exposed.add(new Exposed(service, services.upstream(service)));
        }
        List<String> problems = new ArrayList<>();
        for (Exposed one : exposed) {
            one.service
                    .descriptors()
                    .ifPresent(file -> collect(problems, file, () -> one.use(ServiceDescriptors.read(file))));
        }
        if (problems.isEmpty()) {
            exchange(problems);
        }
        requireNone(problems);
        watch();
    }

    /**
     * Returns the transcoder of the services whose descriptors are in files, which calls nobody.
     *
     * @throws GatewayStartException with every problem of the descriptors
     */
    static Transcoder check(TranscodingConfig config, List<Map.Entry<String, String>> own) {
        ManagedChannel unused =
                ManagedChannelBuilder.forTarget("localhost:1").usePlaintext().build();
        List<String> problems = new ArrayList<>();
        List<Transcoder> several = new ArrayList<>();
        for (TranscodedService service : config.services()) {
            service.descriptors()
                    .ifPresent(file -> collect(
                            problems,
                            file,
                            () -> several.add(service.apply(Transcoder.builder(unused))
                                    .descriptors(ServiceDescriptors.read(file))
                                    .build())));
        }
        unused.shutdownNow();
        Optional<Transcoder> all = problems.isEmpty() ? combined(several, own, problems) : Optional.empty();
        requireNone(problems);
        return all.orElseThrow();
    }

    /** Returns verb and template of the gateway's own routes, those included that only some configurations have. */
    static List<Map.Entry<String, String>> own(GatewayConfig.Docs docs, List<CustomRoute> custom) {
        List<Map.Entry<String, String>> own = new ArrayList<>();
        for (ApiRoute route : ApiRoute.values()) {
            own.add(Map.entry(route.method(), route.template()));
        }
        custom.forEach(route -> own.add(Map.entry(route.method(), route.template())));
        if (docs.openapi()) {
            own.add(Map.entry("GET", ApiPages.DESCRIPTION_PATH));
        }
        if (docs.ui()) {
            own.add(Map.entry("GET", ApiPages.PAGE_PATH));
        }
        return own;
    }

    /** A step that reads descriptors. */
    private interface Reading {
        void run() throws IOException;
    }

    private static void collect(List<String> problems, Path file, Reading reading) {
        try {
            reading.run();
        } catch (IOException e) {
            problems.add(unreadable(file, e));
        } catch (InvalidTranscodingException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private static String unreadable(Path file, IOException e) {
        return file + ": cannot be read: " + e + " (expected: a set of descriptors)";
    }

    private static void requireNone(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new GatewayStartException("transcoding.services: " + String.join("\n", problems), null);
        }
    }

    /** Returns one transcoder of several; empty, with problems, if two routes have the same requests. */
    private static Optional<Transcoder> combined(
            List<Transcoder> several, List<Map.Entry<String, String>> own, List<String> problems) {
        Transcoder all;
        try {
            all = Transcoder.of(several);
        } catch (InvalidTranscodingException e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        for (Map.Entry<String, String> route : own) {
            all.routeOf(route.getKey(), route.getValue())
                    .ifPresent(same -> problems.add(same.source() + ": " + same.method() + ": " + same.verb() + " "
                            + same.template() + " has the requests of the gateway's own route " + route.getValue()
                            + " (expected: another path, or exclude)"));
        }
        return problems.isEmpty() ? Optional.of(all) : Optional.empty();
    }

    /** Returns what serves the routes at present. */
    Transcoder current() {
        return current;
    }

    private synchronized void exchange(List<String> problems) {
        List<Transcoder> several = new ArrayList<>();
        exposed.forEach(one -> Optional.ofNullable(one.built).ifPresent(several::add));
        combined(several, own, problems).ifPresent(all -> current = all);
    }

    private void watch() {
        for (Exposed one : exposed) {
            one.service
                    .descriptors()
                    .ifPresent(file -> watches.add(new FileWatch(file, WATCH_INTERVAL, () -> one.reload(file))));
        }
        if (exposed.stream().anyMatch(one -> one.service.descriptors().isEmpty())) {
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "tollgate-reflection");
                thread.setDaemon(true);
                return thread;
            });
            reflection = timer;
            exposed.stream()
                    .filter(one -> one.service.descriptors().isEmpty())
                    .forEach(one -> timer.scheduleWithFixedDelay(one::ask, 0, 1, TimeUnit.SECONDS));
        }
    }

    /** Adds the descriptors of the services to the pages. */
    void show(OperatorPages.Builder pages) {
        for (Exposed one : exposed) {
            pages.component(one.service.name() + "-descriptors", ComponentKind.UPSTREAM, one::condition);
        }
    }

    @Override
    public void close() {
        watches.forEach(FileWatch::close);
        ScheduledExecutorService timer = reflection;
        if (timer != null) {
            timer.shutdownNow();
        }
    }

    /** One service with the last descriptors of it that could be served. */
    private final class Exposed {
        private final TranscodedService service;
        private final Upstream upstream;
        private volatile @Nullable ServiceDescriptors descriptors;
        private volatile @Nullable Transcoder built;
        private volatile String fault = "";
        private boolean connected;
        private boolean asking;
        private long askedAt = System.nanoTime() - REFLECTION_INTERVAL.toNanos();

        Exposed(TranscodedService service, Upstream upstream) {
            this.service = service;
            this.upstream = upstream;
        }

        private void use(ServiceDescriptors set) {
            built = service.apply(Transcoder.builder(upstream)).descriptors(set).build();
            descriptors = set;
        }

        /** Exchanges the descriptors, or keeps those that there are. */
        private void replace(ServiceDescriptors set) {
            synchronized (Transcoding.this) {
                if (set.equals(descriptors)) {
                    fault = "";
                    return;
                }
                Transcoder before = built;
                ServiceDescriptors former = descriptors;
                List<String> problems = new ArrayList<>();
                try {
                    use(set);
                    exchange(problems);
                } catch (InvalidTranscodingException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
                if (problems.isEmpty()) {
                    fault = "";
                    log.info("descriptors of {} from {} are served now", service.name(), set.source());
                } else {
                    built = before;
                    descriptors = former;
                    refuse(String.join("\n", problems));
                }
            }
        }

        private void refuse(String text) {
            if (!text.equals(fault)) {
                log.error(
                        "descriptors of {} cannot be served{}: {}",
                        service.name(),
                        built == null ? "" : ", the former ones stay",
                        text);
            }
            fault = text;
        }

        void reload(Path file) {
            try {
                replace(ServiceDescriptors.read(file));
            } catch (IOException e) {
                refuse(unreadable(file, e));
            } catch (InvalidTranscodingException e) {
                refuse(String.valueOf(e.getMessage()));
            }
        }

        /** Asks the server when it is time, and when it has come back. */
        void ask() {
            boolean now = upstream.connectivity() == Connectivity.READY;
            boolean due = System.nanoTime() - askedAt >= REFLECTION_INTERVAL.toNanos() || (now && !connected);
            connected = now;
            synchronized (this) {
                if (!due || asking) {
                    return;
                }
                asking = true;
            }
            askedAt = System.nanoTime();
            var unused = ServiceDescriptors.reflect(service.name(), upstream.channel(), REFLECTION_TIMEOUT)
                    .handle((set, failure) -> {
                        synchronized (this) {
                            asking = false;
                        }
                        ScheduledExecutorService timer = Objects.requireNonNull(reflection);
                        if (!timer.isShutdown()) { // Building takes long for a thread of the connection.
                            timer.execute(() -> {
                                if (failure == null) {
                                    replace(set);
                                } else {
                                    refuse("its server does not describe them: " + failure.getMessage());
                                }
                            });
                        }
                        return set;
                    });
        }

        Condition condition() {
            Transcoder served = built;
            if (served == null) {
                return Condition.degraded("no descriptors yet"
                        + fault.lines().findFirst().map(first -> ": " + first).orElse(""));
            }
            String routes = served.routes().size() + " routes";
            return fault.isEmpty()
                    ? Condition.ok(routes)
                    : Condition.degraded(routes + " of the former descriptors; the new ones cannot be served");
        }
    }
}
