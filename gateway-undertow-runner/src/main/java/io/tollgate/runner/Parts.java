package io.tollgate.runner;

import io.tollgate.api.TimeSource;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.runner.auth.Tokens;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.telemetry.Metrics;
import io.tollgate.runner.telemetry.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parts of a gateway that its configuration describes, made as they are asked for. */
final class Parts implements AutoCloseable {
    /** When the server is closed nobody waits for a call any more. */
    private static final Duration UPSTREAM_CLOSES_WITHIN = Duration.ofSeconds(1);

    private final GatewayConfig config;
    private final TimeSource time;
    private final List<Upstream> upstreams = new ArrayList<>(2);
    private final List<RateLimitPolicy> loginProtection;
    private @Nullable RedisRateLimiter redis;
    private @Nullable FallbackRateLimiter fallback;
    private final Optional<Metrics> metrics;
    private final Optional<Tracing> tracing;
    private @Nullable Tokens tokens;

    Parts(GatewayConfig config, TimeSource time) {
        this.config = config;
        this.time = time;
        this.tracing = tracing(config);
        this.metrics = config.metrics().enabled() ? Optional.of(new Metrics()) : Optional.empty();
        this.loginProtection = ConfiguredPolicies.loginProtection(config);
    }

    UserGateway users() {
        return new GrpcUserGateway(upstream(config.services().userService(), GrpcUserGateway.LOGIN));
    }

    OrderGateway orders() {
        GatewayConfig.Service service = config.services().orderService();
        return new GrpcOrderGateway(
                service.idempotent() ? upstream(service, GrpcOrderGateway.PURCHASE) : upstream(service));
    }

    Tokens tokens() {
        Tokens opened = tokens;
        if (opened == null) {
            Tokens made = new Tokens(config, time);
            metrics.ifPresent(m -> m.watch(made.service()));
            tokens = made;
            opened = made;
        }
        return opened;
    }

    RateLimiter rateLimiter() {
        int replicas = config.rateLimit().replicas();
        boolean alone = !config.redis().enabled();
        LocalRateLimiter local = LocalRateLimiter.builder()
                .maxKeys(config.rateLimit().maxKeys())
                .replicas(alone ? replicas : 1)
                .time(time)
                .build();
        metrics.ifPresent(m -> m.watch(local));
        if (alone) {
            return local;
        }
        RedisRateLimiter connected = RedisParts.limiter(config.redis());
        redis = connected;
        FallbackRateLimiter falling = FallbackRateLimiter.builder(leasing(connected))
                .local(local)
                .replicas(replicas)
                .time(time)
                .build();
        fallback = falling;
        metrics.ifPresent(m -> {
            m.watch(connected);
            m.watch(falling);
        });
        return falling;
    }

    /** The services that were made here. */
    List<Upstream> upstreams() {
        return List.copyOf(upstreams);
    }

    /** What asks Redis, where something that was made here does. */
    Optional<RedisRateLimiter> redis() {
        return Optional.ofNullable(redis);
    }

    /** What decides while Redis does not. */
    Optional<FallbackRateLimiter> fallback() {
        return Optional.ofNullable(fallback);
    }

    private RateLimiter leasing(RateLimiter shared) {
        GatewayConfig.Lease lease = config.rateLimit().lease();
        if (!lease.enabled()) {
            return shared;
        }
        LeasingRateLimiter leasing = LeasingRateLimiter.builder(shared)
                .tokens(lease.tokens())
                .duration(lease.duration())
                .hotPerSecond(lease.hotPerSecond())
                .build();
        metrics.ifPresent(m -> m.watch(leasing));
        return leasing;
    }

    /** Who is told of every request. */
    List<RequestListener> observers() {
        return Stream.concat(metrics.map(Metrics::requests).stream(), tracing.map(Tracing::decisions).stream())
                .toList();
    }

    /** What stands around all other filters. */
    List<Filter> outermost() {
        return tracing.map(Tracing::requests).stream().toList();
    }

    /** What is measured, if anything is. */
    Optional<Metrics> metrics() {
        return metrics;
    }

    /**
     * Returns the policies of {@code now} and those that were {@code added} in code. Login protection, which knows who attacks,
     * is the same object each time.
     */
    List<RateLimitPolicy> policies(GatewayConfig now, List<RateLimitPolicy> added) {
        List<RateLimitPolicy> all = new ArrayList<>(ConfiguredPolicies.of(now));
        all.addAll(loginProtection);
        all.addAll(added);
        Set<String> names = new HashSet<>();
        for (RateLimitPolicy policy : all) {
            if (!names.add(policy.name())) {
                throw new IllegalArgumentException("policies: two are named " + policy.name()
                        + " (expected: a name of its own for each, in code and in rate_limit.policies)");
            }
        }
        return all;
    }

    @Override
    public void close() {
        upstreams.forEach(Upstream::close);
        if (redis != null) {
            redis.close();
        }
        if (tokens != null) {
            tokens.close();
        }
        metrics.ifPresent(Metrics::close);
        tracing.ifPresent(Tracing::close);
    }

    private static Optional<Tracing> tracing(GatewayConfig config) {
        try {
            return Tracing.of(config);
        } catch (IllegalArgumentException e) {
            throw new GatewayStartException("tracing cannot start: " + e.getMessage(), e);
        }
    }

    private Upstream upstream(GatewayConfig.Service service, String... retried) {
        Upstream.Builder builder = Upstream.builder(service.name(), service.host(), service.port())
                .deadline(service.deadline())
                .keepaliveTime(service.grpc().keepaliveTime())
                .keepaliveTimeout(service.grpc().keepaliveTimeout())
                .keepalivePermitWithoutStream(service.grpc().keepalivePermitWithoutStream())
                .retry(retried)
                .closeTimeout(UPSTREAM_CLOSES_WITHIN);
        tracing.ifPresent(t -> builder.intercept(t.calls(service.host(), service.port())));
        metrics.ifPresent(m -> builder.intercept(m.calls(service.name(), service.host(), service.port())));
        Upstream upstream = (service.circuitBreaker() ? builder : builder.withoutBreaker()).build();
        upstreams.add(upstream);
        metrics.ifPresent(m -> m.watch(upstream));
        upstream.connect();
        return upstream;
    }
}
