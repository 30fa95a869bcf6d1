package io.tollgate.runner;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.TokenProtection;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.UserGateway;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.docs.ApiDocs;
import io.tollgate.runner.http.AccessLog;
import io.tollgate.runner.http.ClientAddress;
import io.tollgate.runner.http.Cors;
import io.tollgate.runner.http.Deadline;
import io.tollgate.runner.http.Endpoint;
import io.tollgate.runner.http.Errors;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.http.GuardObserver;
import io.tollgate.runner.http.Guarding;
import io.tollgate.runner.http.Health;
import io.tollgate.runner.http.Observed;
import io.tollgate.runner.http.Overload;
import io.tollgate.runner.http.RequestIds;
import io.tollgate.runner.http.Routes;
import io.tollgate.runner.http.Unreadable;
import io.tollgate.runner.http.Unrouted;
import io.tollgate.runner.http.WellFormed;
import io.tollgate.runner.http.undertow.UndertowServer;
import io.tollgate.runner.telemetry.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that listens, from {@link #start} to {@link #close}.
 *
 * <pre>{@code
 * GatewayConfig config = GatewayConfig.of(Map.of("jwt.secret_key", secret, "server.http.port", "0"));
 * try (Gateway gateway = Gateway.builder(config).orders(myOrders).start()) {
 *     System.out.println(gateway.address());
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {
    private final UndertowServer server;
    private final Parts parts;
    private final RequestGuard guard;
    private final Operations operations;
    private boolean closed;

    private Gateway(UndertowServer server, Parts parts, RequestGuard guard, Operations operations) {
        this.server = server;
        this.parts = parts;
        this.guard = guard;
        this.operations = operations;
    }

    /**
     * A gateway with nothing but what {@code config} says.
     *
     * @throws GatewayStartException if it cannot listen; nothing stays open then
     */
    public static Gateway start(GatewayConfig config) {
        return builder(config).start();
    }

    /** Where to put parts of one's own in the place of those that {@code config} describes. */
    public static Builder builder(GatewayConfig config) {
        return new Builder(config);
    }

    /**
     * The rate-limit policies that {@code config} describes, in the order they are asked: to ask others beside them.
     * Unmodifiable.
     */
    public static List<RateLimitPolicy> policies(GatewayConfig config) {
        return Stream.concat(
                        ConfiguredPolicies.of(config).stream(), ConfiguredPolicies.loginProtection(config).stream())
                .toList();
    }

    /** Where it listens, with the port it was given if that was 0. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Where operators find it, with the port it was given if that was 0; empty where {@code server.admin.enabled} is off. */
    public Optional<InetSocketAddress> adminAddress() {
        return operations.address();
    }

    /** Returns the guard of its routes, whose policies can be replaced while it runs. */
    public RequestGuard guard() {
        return guard;
    }

    /** What it measures, for whoever wants to show it elsewhere too; empty with {@code metrics.enabled: false}. */
    public Optional<Metrics> metrics() {
        return parts.metrics();
    }

    /** Has the policies asked that {@code now} describes. */
    void take(GatewayConfig now) {
        guard.replacePolicies(parts.policies(now));
        operations.take(now, PolicyReload::isLive);
    }

    /**
     * Stops in peace: says at the operators' port that it is not ready, listens no more, answers what has been read and once more on each open connection, and closes what it
     * opened. Blocks until then, at most for {@code server.http.graceful_shutdown_timeout} and a few seconds. Does nothing
     * the second time but wait for the first.
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            operations.draining();
            server.close();
            parts.close();
            operations.close();
        }
    }

    /** Takes parts of one's own. They are not closed with the gateway. Not thread-safe. */
    public static final class Builder {
        private final GatewayConfig config;
        private @Nullable UserGateway users;
        private @Nullable OrderGateway orders;
        private @Nullable TokenVerifier tokens;
        private @Nullable RateLimiter limiter;
        private @Nullable List<RateLimitPolicy> policies;
        private Clock clock = Clock.systemUTC();

        private Builder(GatewayConfig config) {
            this.config = requireNonNull(config, "config");
        }

        /** The user service; by default the one in {@code services.user_service}, over gRPC. */
        public Builder users(UserGateway userService) {
            this.users = requireNonNull(userService, "userService");
            return this;
        }

        /** The order service; by default the one in {@code services.order_service}, over gRPC. */
        public Builder orders(OrderGateway orderService) {
            this.orders = requireNonNull(orderService, "orderService");
            return this;
        }

        /** Checks access tokens; by default they are JWTs, as {@code jwt} says. */
        public Builder tokens(TokenVerifier verifier) {
            this.tokens = requireNonNull(verifier, "verifier");
            return this;
        }

        /** Decides rate limits; by default from buckets in Redis, or without it in this process. */
        public Builder rateLimiter(RateLimiter rateLimiter) {
            this.limiter = requireNonNull(rateLimiter, "rateLimiter");
            return this;
        }

        /** What requests are charged for, asked in this order; by default {@link Gateway#policies those of the configuration}. */
        public Builder policies(List<RateLimitPolicy> rateLimitPolicies) {
            this.policies = List.copyOf(rateLimitPolicies);
            return this;
        }

        /** What time it is for people: in {@code /health}, in tokens, in rate-limit headers. */
        public Builder clock(Clock wallClock) {
            this.clock = requireNonNull(wallClock, "wallClock");
            return this;
        }

        /**
         * Starts listening.
         *
         * @throws GatewayStartException if that fails; nothing stays open then
         */
        public Gateway start() {
            Parts parts = new Parts(config, clock);
            Operations operations = new Operations(config);
            try {
                Cors cors = new Cors(config.cors());
                RequestListener observer = RequestListener.all(observers(parts, operations));
                RequestGuard guard = guard(parts, observer);
                Errors errors = new Errors(config.errors().format().renderer());
                Endpoint endpoint = endpoint(parts, cors, guard, observer, errors);
                operations.open(
                        Components.of(parts, operations::listener, tokens == null, limiter == null),
                        guard,
                        parts.metrics());
                UndertowServer server =
                        UndertowServer.start(config.server().http(), endpoint, new Unreadable(cors, observer));
                operations.listening(server.address());
                return new Gateway(server, parts, guard, operations);
            } catch (IOException e) {
                close(parts, operations);
                throw new GatewayStartException(e.getMessage(), e);
            } catch (RuntimeException e) {
                close(parts, operations);
                throw e;
            }
        }

        private RequestGuard guard(Parts parts, RequestListener observer) {
            GatewayConfig.Http http = config.server().http();
            GatewayConfig.BruteForce protection = config.auth().bruteForce();
            RequestGuard.Builder guard = RequestGuard.builder()
                    .tokens(tokens != null ? tokens : parts.tokens().verifier())
                    .limiter(
                            limiter != null ? limiter : parts.rateLimiter(),
                            policies != null ? policies : parts.policies(config))
                    .clientAddresses(ClientAddresses.behind(http.trustedProxies(), http.clientAddressHeader()))
                    .standardHeaders(config.rateLimit().standardHeaders())
                    .listener(new GuardObserver(observer));
            config.rateLimit()
                    .partitionKeySecret()
                    .ifPresent(secret -> guard.partitionKeys(PartitionKeys.hmac(secret.bytes())));
            if (protection.enabled()) {
                guard.tokenProtection(TokenProtection.of(RateLimit.per(protection.window(), protection.badTokens())))
                        .verificationBudget(protection.verifications(), protection.verificationsPerSecond());
            } else {
                guard.withoutTokenProtection().withoutVerificationBudget();
            }
            return guard.build();
        }

        private static List<RequestListener> observers(Parts parts, Operations operations) {
            return Stream.concat(parts.observers().stream(), operations.observer().stream())
                    .toList();
        }

        private static void close(Parts parts, Operations operations) {
            operations.close();
            parts.close();
        }

        /** What happens to a request, from the first look at it to the call of a service. */
        private Endpoint endpoint(Parts parts, Cors cors, RequestGuard guard, RequestListener observer, Errors errors) {
            Routes routes = new Routes(
                    parts.tokens().issuingFor(users != null ? users : parts.users()),
                    orders != null ? orders : parts.orders(),
                    new Health(config.app().name(), config.app().version(), clock),
                    parts.tokens().routes(),
                    ApiDocs.versions(config.docs()),
                    ApiDocs.pages(config));
            List<Filter> filters = new ArrayList<>(parts.outermost());
            filters.addAll(List.of(
                    new Observed(observer, errors),
                    new AccessLog(),
                    new ClientAddress(ClientAddresses.behind(
                            config.server().http().trustedProxies(),
                            config.server().http().clientAddressHeader())),
                    new RequestIds(),
                    cors,
                    errors,
                    new WellFormed(),
                    new Deadline(config.server().http().writeTimeout()),
                    routes, // finds the route …
                    new Guarding(guard), // authenticates and limits
                    new Unrouted(),
                    new Overload(config.server().http().maxConcurrentRequests())));
            return Filter.chain(filters, routes); // … and follows it
        }
    }
}
