package io.tollgate.operations;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.Compression;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pages that operators see of a server, as an {@link HttpEndpoint} for any server, at its root or below a path:
 *
 * <ul>
 *   <li>{@code /}: the live page, with requests, errors, rate limits and the health of the last ten minutes; it reads
 *       {@code /live/…} and the server-sent events of {@code /events}
 *   <li>{@code /health/live} and {@code /health/ready}: for probes; {@code ready} responds with 503 while the server is down
 *   <li>{@code /metrics}, if a writer is set; it and the list of loggers are compressed for who accepts gzip
 *   <li>{@code /info}: what runs, since when, with which policies
 *   <li>{@code /loggers} and {@code /loggers/{name}}: log levels, if SLF4J logs to Logback
 * </ul>
 *
 * <pre>{@code
 * Traffic traffic = new Traffic();
 * RequestGuard guard = RequestGuard.builder().tokens(verifier).listener(traffic).build();
 * OperatorPages pages = OperatorPages.builder()
 *         .name("ticket-shop")
 *         .version("1.4.2")
 *         .access(OperatorAccess.token(token))
 *         .component("order-service", ComponentKind.UPSTREAM, this::orderService)
 *         .policies(guard::policies)
 *         .traffic(traffic)
 *         .build();
 * server.createContext("/ops", EndpointHandler.of(pages.under("/ops")));
 * server.start();
 * pages.listening(URI.create("https://shop.example.com"));
 * }</pre>
 *
 * <p>Nothing blocks a thread of the server: what takes its time runs on two threads of the pages, a third one looks at the
 * components and samples the requests. All are daemons. Thread-safe.
 */
public final class OperatorPages implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration SAMPLE_EVERY = Duration.ofSeconds(1);
    private static final Duration RETRY_VIEWER_AFTER = Duration.ofSeconds(5);
    private static final String EVENT_STREAM = "text/event-stream; charset=UTF-8";
    private static final String LISTENER = "listener";
    private static final int USUAL_METRICS_SIZE = 32 * 1024;

    /** For large pages without secrets, which a worker makes. */
    static final Compression LARGE =
            Compression.builder().maxBytes(16 * 1024 * 1024).build();

    private final Workers workers = new Workers();
    private final Readiness readiness;
    private final LiveFeed feed;
    private final Router router;
    private volatile Condition listener = Condition.down("not listening yet");
    private volatile String publicUrl = "";

    private OperatorPages(Builder builder, String name, String version, OperatorAccess access) {
        Instant startedAt = Instant.now();
        List<Component> components = new ArrayList<>();
        components.add(new Component(LISTENER, ComponentKind.LISTENER, () -> listener));
        components.addAll(builder.components.values());
        readiness = new Readiness(components, Clock.systemUTC());
        feed = new LiveFeed(
                builder.traffic,
                readiness,
                new LiveFeed.Identity(name, version, builder.commit, () -> publicUrl, startedAt.toEpochMilli()),
                Clock.systemUTC(),
                workers.executor());
        List<Page> pages = new ArrayList<>(HealthPages.of(readiness));
        if (builder.metrics != null) {
            pages.add(metrics(builder.metricsType, builder.metrics));
        }
        pages.add(new InfoPage(
                        builder.identity(name, version), startedAt, builder.policies, new LinkedHashMap<>(builder.info))
                .page(workers));
        pages.addAll(logLevels(access));
        pages.add(Page.get("/events", Audience.OPERATOR, this::events));
        pages.addAll(LivePage.pages());
        router = new Router(pages, access);
        workers.every(LOOK_EVERY, "readiness", readiness::look);
        workers.every(SAMPLE_EVERY, "live page", feed::tick);
    }

    /** Starts with nothing; a name, a version and the access must be set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the pages as an endpoint at the root of a server. */
    public HttpEndpoint endpoint() {
        return under("");
    }

    /**
     * Returns the pages as an endpoint below a path of a server.
     *
     * @param prefix such as {@code /ops}
     */
    public HttpEndpoint under(String prefix) {
        Mount mount = new Mount(prefix);
        return request -> router.handle(request, mount.below(request.path()));
    }

    /**
     * The server accepts requests from now on: the component {@code listener}, which was down until now, is ok.
     *
     * @param url the URL that clients use, which the live page shows
     */
    public void listening(URI url) {
        publicUrl = url.toString();
        listener = Condition.ok("accepts requests");
        readiness.look(LISTENER);
    }

    /** The server is about to stop: {@code /health/ready} responds with 503 from now on. */
    public void draining() {
        listener = Condition.down("draining: finishes in-flight requests and accepts no new ones");
        readiness.look(LISTENER);
    }

    /** Ends the streams of live pages, and stops the threads. Does nothing the second time. */
    @Override
    public void close() {
        feed.close();
        workers.close();
    }

    private Page metrics(String contentType, MetricsWriter writer) {
        return Page.get(
                "/metrics",
                Audience.ANYONE,
                (request, rest) -> workers.call(() -> {
                    ByteArrayOutputStream text = new ByteArrayOutputStream(USUAL_METRICS_SIZE);
                    writer.writeTo(text);
                    return LARGE.apply(request, HttpResponse.of(200, contentType, text.toByteArray()));
                }));
    }

    private List<Page> logLevels(OperatorAccess access) {
        try {
            return LogLevelPages.ofLogback(access, workers);
        } catch (LinkageError e) { // Logback is optional.
            return List.of();
        }
    }

    private CompletionStage<HttpResponse> events(HttpRequest request, String rest) {
        if (!feed.hasPlace(request.peer())) {
            feed.makeRoom(request.peer());
            throw GatewayException.builder(
                            CommonError.OVERLOADED,
                            "There are " + LiveFeed.MAX_VIEWERS + " live pages already, or "
                                    + LiveFeed.MAX_VIEWERS_PER_OWNER + " of your address. Close one of them.")
                    .retryAfter(RETRY_VIEWER_AFTER)
                    .build();
        }
        return CompletableFuture.completedStage(
                request.method().equals("HEAD")
                        ? HttpResponse.empty(200).withHeader("Content-Type", EVENT_STREAM)
                        : HttpResponse.streaming(200, EVENT_STREAM, feed.viewer(request.peer())));
    }

    /** Collects what the pages show. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Component> components = new LinkedHashMap<>();
        private final Map<String, Supplier<?>> info = new LinkedHashMap<>();
        private @Nullable String name;
        private @Nullable String version;
        private @Nullable OperatorAccess access;
        private @Nullable String environment;
        private @Nullable String release;
        private String commit = "unknown";
        private Traffic traffic = new Traffic();
        private Supplier<List<RateLimitPolicy>> policies = List::of;
        private String metricsType = "";
        private @Nullable MetricsWriter metrics;

        private Builder() {}

        /** Sets the name of the server. */
        public Builder name(String text) {
            this.name = requireNonNull(text, "text");
            return this;
        }

        /** Sets the version of the server. */
        public Builder version(String text) {
            this.version = requireNonNull(text, "text");
            return this;
        }

        /** Sets the environment that the server runs in, such as {@code production}; by default none is shown. */
        public Builder environment(String text) {
            this.environment = requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets the release of the software that the server runs; by default none is shown.
         *
         * @param number its version, which may be another than the server's
         * @param revision its commit
         */
        public Builder software(String number, String revision) {
            this.release = requireNonNull(number, "number");
            this.commit = requireNonNull(revision, "revision");
            return this;
        }

        /** Sets which requests may see the pages. */
        public Builder access(OperatorAccess rules) {
            this.access = requireNonNull(rules, "rules");
            return this;
        }

        /**
         * Adds a component whose condition {@code /health/ready} and the live page show, after the one of the name
         * {@code listener}.
         *
         * @param component its name, which no other component has
         * @param look returns the condition; never blocks, and is called a few times a second
         */
        public Builder component(String component, ComponentKind kind, Supplier<Condition> look) {
            if (component.equals(LISTENER) || components.containsKey(component)) {
                throw new IllegalArgumentException(
                        "component: " + component + " (expected: a name that no other component has)");
            }
            components.put(component, new Component(component, kind, look));
            return this;
        }

        /** Sets what counts the requests that the live page shows; by default it shows none. */
        public Builder traffic(Traffic requests) {
            this.traffic = requireNonNull(requests, "requests");
            return this;
        }

        /** Sets the active rate-limit policies, in their order, such as {@code guard::policies}; by default there are none. */
        public Builder policies(Supplier<List<RateLimitPolicy>> active) {
            this.policies = requireNonNull(active, "active");
            return this;
        }

        /**
         * Sets the metrics of {@code /metrics}; by default there is no such page.
         *
         * @param contentType for example {@code text/plain; version=0.0.4; charset=utf-8}
         */
        public Builder metrics(String contentType, MetricsWriter writer) {
            this.metricsType = requireNonNull(contentType, "contentType");
            this.metrics = requireNonNull(writer, "writer");
            return this;
        }

        /**
         * Adds a member to {@code /info}, such as the configuration without its secrets.
         *
         * @param member its name
         * @param value returns a string, number or boolean, or a list or map of these; called on a thread of the pages
         */
        public Builder info(String member, Supplier<?> value) {
            info.put(requireNonNull(member, "member"), requireNonNull(value, "value"));
            return this;
        }

        /**
         * Returns the pages, and starts their threads. Fails with {@link IllegalStateException} if the name, the version or the
         * access is not set.
         */
        public OperatorPages build() {
            return new OperatorPages(this, set(name, "name"), set(version, "version"), set(access, "access"));
        }

        private Map<String, Object> identity(String ofServer, String itsVersion) {
            Map<String, Object> identity = new LinkedHashMap<>();
            identity.put("name", ofServer);
            identity.put("version", itsVersion);
            if (environment != null) {
                identity.put("environment", environment);
            }
            if (release != null) {
                identity.put("build", Map.of("version", release, "commit", commit));
            }
            return identity;
        }

        private static <T> T set(@Nullable T value, String setting) {
            if (value == null) {
                throw new IllegalStateException(setting + " is not set");
            }
            return value;
        }
    }
}
