package io.tollgate.runner;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RouteFilter;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.UserGateway;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.http.CustomRoute;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that listens, from {@link #start} to {@link #close}.
 *
 * <pre>{@code
 * GatewayConfig config = GatewayConfig.of(Map.of("jwt.secret_key", secret, "server.http.port", "0"));
 * try (Gateway gateway = Gateway.builder(config).orders(myOrders).start()) {
 *     System.out.println(gateway.url());
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {
    private final Wiring wiring;
    private boolean closed;

    private Gateway(Wiring wiring) {
        this.wiring = wiring;
    }

    /**
     * Starts a gateway that {@code config} describes alone.
     *
     * @throws GatewayStartException if it cannot listen; nothing stays open then
     */
    public static Gateway start(GatewayConfig config) {
        return builder(config).start();
    }

    /** Returns a builder of a gateway with parts of your own, beside those that {@code config} describes or in their place. */
    public static Builder builder(GatewayConfig config) {
        return new Builder(config);
    }

    /** Returns the address that it listens on, with the port that was free if 0 was asked for. */
    public InetSocketAddress address() {
        return wiring.address();
    }

    /** Returns the address of the operators' port; empty if {@code server.admin.enabled} is false. */
    public Optional<InetSocketAddress> adminAddress() {
        return wiring.operatorAddress();
    }

    /** Returns its URL on this machine, such as {@code https://localhost:8443}, without a slash at the end. */
    public URI url() {
        return wiring.url();
    }

    /** Returns the URL of the operators' port, like {@link #url}; empty if {@code server.admin.enabled} is false. */
    public Optional<URI> adminUrl() {
        return wiring.operatorUrl();
    }

    /** Returns the guard of its routes, whose policies can be replaced while it runs. */
    public RequestGuard guard() {
        return wiring.guard();
    }

    /** Replaces the policies with those of {@code now}, beside which those that were added in code stay. */
    void reload(GatewayConfig now) {
        wiring.reload(now);
    }

    /**
     * Drains and closes: becomes not ready on the operators' port, accepts connections for
     * {@code server.http.drain_delay} and then no more, responds to what has been read, gives each idle connection
     * {@code server.http.drain_idle_timeout} for one more request, and closes what it opened: connections to services, to
     * Redis, telemetry, and last the operators' port. Blocks for at most the delay,
     * {@code server.http.graceful_shutdown_timeout} and 15 s. A second
     * call waits for the first. An interrupt ends the delay, and the requests.
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            wiring.close();
        }
    }

    /** Builds a {@link Gateway}. What is handed in is not closed with it. Not thread-safe. */
    public static final class Builder {
        private final GatewayConfig config;
        private @Nullable UserGateway users;
        private @Nullable OrderGateway orders;
        private @Nullable TokenVerifier tokens;
        private @Nullable RateLimiter limiter;
        private final List<RateLimitPolicy> policies = new ArrayList<>();
        private final List<CustomRoute> routes = new ArrayList<>();
        private final List<RouteFilter> filters = new ArrayList<>();
        private TimeSource time = TimeSource.system();

        private Builder(GatewayConfig config) {
            this.config = requireNonNull(config, "config");
        }

        /** Sets the user service; by default the one in {@code services.user_service}, over gRPC. */
        public Builder users(UserGateway userService) {
            this.users = requireNonNull(userService, "userService");
            return this;
        }

        /** Sets the order service; by default the one in {@code services.order_service}, over gRPC. */
        public Builder orders(OrderGateway orderService) {
            this.orders = requireNonNull(orderService, "orderService");
            return this;
        }

        /** Sets the verifier of access tokens; by default that of the keys in {@code jwt}. */
        public Builder tokens(TokenVerifier verifier) {
            this.tokens = requireNonNull(verifier, "verifier");
            return this;
        }

        /** Sets the limiter; by default one with buckets in Redis, or without it in this process. */
        public Builder rateLimiter(RateLimiter rateLimiter) {
            this.limiter = requireNonNull(rateLimiter, "rateLimiter");
            return this;
        }

        /**
         * Adds policies, which are asked after those of the configuration. They stay when the configuration is reloaded.
         *
         * @throws IllegalArgumentException if two policies have one name
         */
        public Builder policies(RateLimitPolicy... more) {
            policies.addAll(List.of(more));
            return this;
        }

        /**
         * Adds a route. The gateway's own routes win over one that has their path and method; of those that are added the first
         * whose template matches.
         *
         * @param method upper-case; {@code GET} stands for {@code HEAD} too
         * @param template a path whose parameters are whole segments in braces, such as {@code /tenants/{tenant}}
         * @param rule what the route demands of tokens
         * @throws IllegalArgumentException if the method or the template is none, or a route has both already
         */
        public Builder route(String method, String template, AccessRule rule, RouteEndpoint endpoint) {
            return route(new CustomRoute(method, template, rule, null, endpoint));
        }

        /**
         * Adds a route whose requests end with {@code REQUEST_TIMEOUT} if they have no response within {@code deadline} of their
         * arrival. A client may give less time, see {@link io.tollgate.api.http.RequestTimeout}.
         *
         * @throws IllegalArgumentException as by {@link #route(String, String, AccessRule, RouteEndpoint)}, or if the deadline is
         *     not positive
         */
        public Builder route(
                String method, String template, AccessRule rule, Duration deadline, RouteEndpoint endpoint) {
            return route(new CustomRoute(method, template, rule, requireNonNull(deadline, "deadline"), endpoint));
        }

        private Builder route(CustomRoute added) {
            if (routes.stream().anyMatch(added::hasTheSameRequests)) {
                throw new IllegalArgumentException("route: " + added.method() + " " + added.template()
                        + " (expected: one that was not added before)");
            }
            routes.add(added);
            return this;
        }

        /**
         * Adds a filter, which stands before the endpoints of all routes, the gateway's own included, and sees requests that
         * have passed authentication and rate limits. The first that is added is the outermost.
         */
        public Builder filter(RouteFilter filter) {
            filters.add(requireNonNull(filter, "filter"));
            return this;
        }

        /** Sets the clocks: of {@code /health}, of tokens, of the buckets in this process, of rate-limit headers. */
        public Builder time(TimeSource time) {
            this.time = requireNonNull(time, "time");
            return this;
        }

        /**
         * Starts listening.
         *
         * @throws GatewayStartException if that fails; nothing stays open then
         */
        public Gateway start() {
            return new Gateway(Wiring.start(
                    config,
                    new Wiring.Additions(
                            users,
                            orders,
                            tokens,
                            limiter,
                            List.copyOf(policies),
                            List.copyOf(routes),
                            List.copyOf(filters),
                            time)));
        }
    }
}
