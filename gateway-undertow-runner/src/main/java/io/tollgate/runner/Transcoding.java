package io.tollgate.runner;

import io.tollgate.config.FileWatch;
import io.tollgate.grpc.transcoding.InvalidTranscodingException;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.grpc.transcoding.TranscoderBuilder;
import io.tollgate.grpc.transcoding.TranscoderGroup;
import io.tollgate.operations.ApiPages;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.TranscodingConfig;
import io.tollgate.runner.http.CustomRoute;
import io.tollgate.runner.routes.ApiRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that are exposed from their descriptors, with the watches of their files. */
final class Transcoding implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Transcoding.class);
    /** A change counts when two looks have seen it. */
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

    private final List<FileWatch> watches = new ArrayList<>();
    private final Set<String> inFiles = new HashSet<>();
    private final TranscoderGroup group;

    /**
     * Reads the descriptors in files, and begins to ask the servers of the other services.
     *
     * @param custom routes of the gateway that code has added
     * @throws GatewayStartException with every problem of the descriptors
     */
    Transcoding(GatewayConfig config, Services services, List<CustomRoute> custom) {
        CompletableFuture<TranscoderGroup> built = new CompletableFuture<>();
        TranscoderGroup.Builder builder = TranscoderGroup.builder();
        for (TranscodingConfig.Service service : config.transcoding().services()) {
            var upstream = services.upstream(service);
            String name = service.name();
            Supplier<TranscoderBuilder> settings =
                    () -> reserve(service.apply(Transcoder.builder(upstream)), config.docs(), custom);
            service.descriptors()
                    .ifPresentOrElse(
                            file -> {
                                inFiles.add(name);
                                builder.file(name, file, settings);
                                // From before it is read, so that no change is missed.
                                watches.add(new FileWatch(file, WATCH_INTERVAL, () -> {
                                    var unused = built.thenAccept(all -> all.reload(name))
                                            .whenComplete((done, failure) -> {
                                                if (failure != null) {
                                                    log.error("descriptors of {} were not read again", name, failure);
                                                }
                                            });
                                }));
                            },
                            () -> builder.reflection(name, upstream, settings));
        }
        try {
            group = build(builder);
        } catch (GatewayStartException e) {
            watches.forEach(FileWatch::close);
            throw e;
        }
        built.complete(group);
    }

    /**
     * Returns the transcoder of the services whose descriptors are in files, which calls nobody.
     *
     * @throws GatewayStartException with every problem of the descriptors
     */
    static Transcoder check(GatewayConfig config) {
        TranscoderGroup.Builder builder = TranscoderGroup.builder();
        for (TranscodingConfig.Service service : config.transcoding().services()) {
            service.descriptors()
                    .ifPresent(file -> builder.file(
                            service.name(),
                            file,
                            () -> reserve(service.apply(Transcoder.builder()), config.docs(), List.of())));
        }
        return build(builder).current();
    }

    private static TranscoderGroup build(TranscoderGroup.Builder builder) {
        try {
            return builder.build();
        } catch (InvalidTranscodingException e) {
            throw new GatewayStartException("transcoding.services: " + e.getMessage(), e);
        }
    }

    /** Reserves the gateway's own routes, HEAD beside GET, those included that only some configurations have. */
    private static TranscoderBuilder reserve(
            TranscoderBuilder builder, GatewayConfig.Docs docs, List<CustomRoute> custom) {
        for (ApiRoute route : ApiRoute.values()) {
            reserve(builder, route.method(), route.template());
        }
        custom.forEach(route -> reserve(builder, route.method(), route.template()));
        if (docs.openapi()) {
            reserve(builder, "GET", ApiPages.DESCRIPTION_PATH);
        }
        if (docs.ui()) {
            reserve(builder, "GET", ApiPages.PAGE_PATH);
        }
        return builder;
    }

    private static void reserve(TranscoderBuilder builder, String method, String template) {
        builder.reserve(method, template);
        if (method.equals("GET")) {
            builder.reserve("HEAD", template);
        }
    }

    /** Returns what serves the routes at present. */
    Transcoder current() {
        return group.current();
    }

    /** Adds the descriptors of the services to the pages. */
    void show(OperatorPages.Builder pages) {
        for (int i = 0; i < group.states().size(); i++) {
            int index = i;
            String name = group.states().get(i).name();
            pages.component(
                    name + "-descriptors",
                    // Those that a service is still to describe are not there, which must not make the gateway unready.
                    inFiles.contains(name) ? ComponentKind.OTHER : ComponentKind.UPSTREAM,
                    () -> condition(group.states().get(index)));
        }
    }

    private static Condition condition(TranscoderGroup.ServiceState state) {
        String fault = state.fault().flatMap(text -> text.lines().findFirst()).orElse("");
        if (state.routes().isEmpty()) {
            return Condition.degraded("no descriptors yet" + (fault.isEmpty() ? "" : ": " + fault));
        }
        String routes = state.routes().get() + " routes";
        return fault.isEmpty()
                ? Condition.ok(routes)
                : Condition.degraded(routes + " of the former descriptors; the new ones cannot be served");
    }

    @Override
    public void close() {
        watches.forEach(FileWatch::close);
        group.close();
    }
}
