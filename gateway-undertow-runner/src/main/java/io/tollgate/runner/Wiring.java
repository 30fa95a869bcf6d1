package io.tollgate.runner;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.TokenProtection;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.RouteFilter;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.UserGateway;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import io.tollgate.operations.process.Shutdown;
import io.tollgate.runner.auth.KeyState;
import io.tollgate.runner.auth.Tokens;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.docs.ApiDocs;
import io.tollgate.runner.http.AccessLog;
import io.tollgate.runner.http.ClientAddress;
import io.tollgate.runner.http.Correlation;
import io.tollgate.runner.http.Cors;
import io.tollgate.runner.http.CustomFilter;
import io.tollgate.runner.http.CustomRoute;
import io.tollgate.runner.http.Deadline;
import io.tollgate.runner.http.Endpoint;
import io.tollgate.runner.http.Errors;
import io.tollgate.runner.http.Exchange;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.http.GuardObserver;
import io.tollgate.runner.http.Guarding;
import io.tollgate.runner.http.Health;
import io.tollgate.runner.http.Observed;
import io.tollgate.runner.http.Overload;
import io.tollgate.runner.http.Routes;
import io.tollgate.runner.http.Unreadable;
import io.tollgate.runner.http.Unrouted;
import io.tollgate.runner.http.WellFormed;
import io.tollgate.runner.telemetry.Metrics;
import io.tollgate.runner.telemetry.Tracing;
import io.tollgate.undertow.UndertowServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a gateway of its configuration and of the parts that code adds, starts it, and closes it. Not thread-safe. */
final class Wiring implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    /** The server cuts what is left after the timeout for requests, and stops its threads. */
    private static final Duration CUTS_WITHIN = Duration.ofSeconds(5);

    private final GatewayConfig config;
    private final Additions added;
    private final Optional<Metrics> metrics;
    private final Optional<Tracing> tracing;
    private final Services services;
    private final SecretFiles secrets;
    private final Optional<Supplier<String>> redisPassword;
    private final RateLimiting limits;
    private final Traffic traffic = new Traffic();
    private final Certificates certificates;
    private @Nullable Tokens tokens;
    private @Nullable RequestGuard guard;
    private @Nullable Transcoding transcoding;
    private @Nullable OperatorPort operators;
    private @Nullable UndertowServer server;
    private boolean ready;

    /**
     * The parts that code adds.
     *
     * @param users null for the service of the configuration
     * @param orders null for the service of the configuration
     * @param tokens null for the keys of the configuration
     * @param limiter null for the limiter of the configuration
     */
    record Additions(
            @Nullable UserGateway users,
            @Nullable OrderGateway orders,
            @Nullable TokenVerifier tokens,
            @Nullable RateLimiter limiter,
            List<RateLimitPolicy> policies,
            List<CustomRoute> routes,
            List<RouteFilter> filters,
            TimeSource time) {}

    private Wiring(GatewayConfig config, Additions added) {
        this.config = config;
        this.added = added;
        this.tracing = tracing(config);
        this.metrics = config.metrics().enabled() ? Optional.of(new Metrics()) : Optional.empty();
        this.certificates = new Certificates(metrics);
        this.services = new Services(config.services(), metrics, tracing);
        this.secrets = new SecretFiles(config.settings());
        this.redisPassword =
                secrets.current(SecretFiles.REDIS_PASSWORD, config.redis().password());
        this.limits = new RateLimiting(config, added.time(), metrics, redisPassword);
    }

    /**
     * Starts listening.
     *
     * @throws GatewayStartException if that fails; nothing stays open then
     */
    static Wiring start(GatewayConfig config, Additions added) {
        Wiring wiring = new Wiring(config, added);
        try {
            wiring.start();
            wiring.ready = true;
            return wiring;
        } catch (IOException e) {
            wiring.close();
            throw new GatewayStartException(e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            wiring.close();
            throw e;
        }
    }

    private void start() throws IOException {
        boolean hasOperators = config.server().admin().enabled();
        List<RequestListener> listeners = new ArrayList<>();
        metrics.ifPresent(m -> listeners.add(m.requests()));
        tracing.ifPresent(t -> listeners.add(t.decisions()));
        if (hasOperators) {
            listeners.add(traffic);
        }
        RequestListener listener = RequestListener.all(listeners);

        Tokens verifier = new Tokens(config, added.time(), redisPassword);
        tokens = verifier;
        metrics.ifPresent(m -> m.watch(verifier.service()));
        metrics.ifPresent(m -> verifier.remoteKeys().ifPresent(m::watch));
        RequestGuard judge = guard(verifier, listener);
        guard = judge;

        Transcoding exposed = new Transcoding(config, services, added.routes());
        transcoding = exposed;
        Cors cors = new Cors(config.cors(), () -> exposed.current().methods());
        Endpoint endpoint = endpoint(verifier, judge, cors, listener, exposed);
        if (hasOperators) {
            operators = OperatorPort.open(
                    config,
                    certificates,
                    secrets.current(
                            SecretFiles.ADMIN_TOKEN, config.server().admin().token()),
                    pages -> show(pages, verifier, judge, exposed));
        }
        UndertowServer started = listen(endpoint, new Unreadable(cors, listener));
        server = started;
        metrics.ifPresent(m -> m.watch("public", started.stats()));
        OperatorPort port = operators;
        if (port != null) {
            metrics.ifPresent(m -> m.watch("operators", port.stats()));
            port.listening(started.address());
        }
    }

    private UndertowServer listen(Endpoint endpoint, Unreadable unreadable) throws IOException {
        try {
            UndertowServer.Builder builder = PublicPort.of(config);
            certificates.apply("server.http", config.server().http().tls(), builder);
            return builder.exchanges(
                            Exchange.of(endpoint, (int) config.server().http().maxBodySize()))
                    .unreadable(unreadable::respond)
                    .start();
        } catch (IOException e) {
            throw ListenFailure.of("server.http", e, "");
        }
    }

    /** Makes the path of a request, from its arrival to the call of a service. */
    private Endpoint endpoint(
            Tokens verifier, RequestGuard judge, Cors cors, RequestListener listener, Transcoding exposed) {
        Errors errors = new Errors(config.errors().format().renderer());
        Routes routes = Routes.of(
                verifier.issuingFor(added.users() != null ? added.users() : services.users()),
                added.orders() != null ? added.orders() : services.orders(),
                new Health(config.app().name(), config.app().version(), added.time()),
                verifier.routes(),
                ApiDocs.versions(config.docs()),
                added.routes(),
                ApiDocs.pages(config, exposed::current),
                exposed::current);
        List<Filter> filters = new ArrayList<>();
        tracing.ifPresent(t -> filters.add(t.requests()));
        filters.addAll(List.of(
                new Observed(listener, errors),
                new AccessLog(),
                new ClientAddress(addresses()),
                new Correlation(),
                cors,
                errors,
                new WellFormed(),
                routes, // finds the route …
                new Deadline(
                        config.server().http().writeTimeout(),
                        config.server().http().deadlines()),
                new Guarding(judge), // authenticates and limits
                new Unrouted(),
                new Overload(config.server().http().maxConcurrentRequests())));
        added.filters().forEach(filter -> filters.add(new CustomFilter(filter)));
        return Filter.chain(filters, routes); // … and follows it
    }

    private RequestGuard guard(Tokens verifier, RequestListener listener) {
        GatewayConfig.BruteForce protection = config.auth().bruteForce();
        RequestGuard.Builder builder = RequestGuard.builder()
                .tokens(added.tokens() != null ? added.tokens() : verifier.verifier())
                .limiter(
                        added.limiter() != null ? added.limiter() : limits.limiter(),
                        limits.policies(config, added.policies()))
                .clientAddresses(addresses())
                .standardHeaders(config.rateLimit().standardHeaders())
                .listener(new GuardObserver(listener));
        config.rateLimit()
                .partitionKeySecret()
                .ifPresent(secret -> builder.partitionKeys(PartitionKeys.hmac(secret.bytes())));
        if (protection.enabled()) {
            builder.tokenProtection(TokenProtection.of(RateLimit.per(protection.window(), protection.badTokens())))
                    .verificationBudget(protection.verifications(), protection.verificationsPerSecond());
        } else {
            builder.withoutTokenProtection().withoutVerificationBudget();
        }
        return builder.build();
    }

    private ClientAddresses addresses() {
        GatewayConfig.Http http = config.server().http();
        return ClientAddresses.behind(http.trustedProxies(), http.clientAddressHeader());
    }

    private static Optional<Tracing> tracing(GatewayConfig config) {
        try {
            return Tracing.of(config);
        } catch (IllegalArgumentException e) {
            throw new GatewayStartException("tracing cannot start: " + e.getMessage(), e);
        }
    }

    /** Adds to the operators' pages what they show of this gateway. */
    private void show(OperatorPages.Builder pages, Tokens verifier, RequestGuard judge, Transcoding exposed) {
        pages.traffic(traffic).policies(judge::policies);
        metrics.ifPresent(m -> pages.metrics(m.contentType(), m::scrape));
        pages.component(
                "keys",
                ComponentKind.KEYS,
                added.tokens() == null
                        ? () -> condition(verifier.keys())
                        : () -> Condition.ok("tokens are verified by a part given in code"));
        services.show(pages);
        exposed.show(pages);
        limits.show(pages);
    }

    static Condition condition(KeyState keys) {
        OptionalInt published = keys.published();
        if (published.isEmpty()) {
            return keys.own() > 0
                    ? Condition.ok(count(keys.own()))
                    : Condition.down("no key is left to verify tokens with: all have retired");
        }
        if (published.getAsInt() > 0) {
            return Condition.ok(count(keys.own() + published.getAsInt()) + ", with those of jwt.jwks_url");
        }
        String reason = "the keys of jwt.jwks_url are not there";
        return keys.own() > 0
                ? Condition.degraded(reason + "; " + count(keys.own()) + " of the configuration")
                : Condition.down(reason + ", and there is no other");
    }

    private static String count(int keys) {
        return keys == 1 ? "1 key" : keys + " keys";
    }

    /** Returns the address of the public port. */
    InetSocketAddress address() {
        return requireNonNull(server, "server").address();
    }

    /** Returns the address of the operators' port, if there is one. */
    Optional<InetSocketAddress> operatorAddress() {
        return Optional.ofNullable(operators).map(OperatorPort::address);
    }

    URI url() {
        return GatewayUrls.of(address(), config.server().http().tls().enabled());
    }

    Optional<URI> operatorUrl() {
        return operatorAddress()
                .map(address ->
                        GatewayUrls.of(address, config.server().admin().tls().enabled()));
    }

    RequestGuard guard() {
        return requireNonNull(guard, "guard");
    }

    /** Replaces the policies with those of {@code now}, beside which those that were added in code stay. */
    void reload(GatewayConfig now) {
        guard().replacePolicies(limits.policies(now, added.policies()));
        if (operators != null) {
            operators.reload(now, PolicyReload::isLive);
        }
    }

    /**
     * Closes everything in the order of the HTTP contract: the gateway is not ready; after a while it no longer listens; requests
     * end; what they need is closed. The admin port shows all of it until the end.
     */
    @Override
    public void close() {
        GatewayConfig.Http http = config.server().http();
        UndertowServer listening = server;
        OperatorPort port = operators;
        Shutdown draining = new Shutdown(log, Duration.ZERO, ready);
        if (port != null) {
            draining.step("readiness", port::draining);
        }
        if (ready) { // No load balancer knows a gateway that could not start.
            draining.pause(http.drainDelay());
        }
        Shutdown shutdown = new Shutdown(log, http.gracefulShutdownTimeout(), ready);
        if (listening != null) {
            shutdown.step("listener", listening::stopListening);
            // Tells each connection that it ends: in HTTP/1.1 by its last response, in HTTP/2 by GOAWAY.
            shutdown.step("in-flight requests", http.gracefulShutdownTimeout().plus(CUTS_WITHIN), listening::close);
        }
        shutdown.step("upstreams", this::closeServices);
        shutdown.step("redis", this::closeStores);
        shutdown.step("telemetry", this::closeTelemetry);
        if (port != null) {
            shutdown.step("admin port", port::close);
        }
    }

    private void closeServices() {
        if (transcoding != null) {
            transcoding.close();
        }
        services.close();
    }

    private void closeStores() {
        limits.close();
        if (tokens != null) {
            tokens.close();
        }
        secrets.close();
    }

    private void closeTelemetry() {
        metrics.ifPresent(Metrics::close);
        tracing.ifPresent(Tracing::close);
        certificates.close();
    }
}
