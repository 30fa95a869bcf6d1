package io.tollgate.runner;

import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.runner.auth.BruteForce;
import io.tollgate.runner.auth.Tokens;
import io.tollgate.runner.config.GatewayConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a gateway that its configuration describes, made as they are asked for. */
final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    /** When the server is closed nobody waits for a call any more. */
    private static final Duration UPSTREAM_CLOSES_WITHIN = Duration.ofSeconds(1);

    private final GatewayConfig config;
    private final Clock clock;
    private final List<Upstream> upstreams = new ArrayList<>(2);
    private @Nullable Tokens tokens;

    Parts(GatewayConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    UserGateway users() {
        return new GrpcUserGateway(upstream(config.services().userService()));
    }

    OrderGateway orders() {
        return new GrpcOrderGateway(upstream(config.services().orderService()));
    }

    Tokens tokens() {
        Tokens opened = tokens;
        if (opened == null) {
            opened = new Tokens(config, clock);
            tokens = opened;
        }
        return opened;
    }

    RateLimiter rateLimiter() {
        if (config.redis().enabled()) {
            log.warn("redis.enabled is true, but this version keeps rate-limit buckets in each instance's own memory:"
                    + " with several instances a client can do several times its limit (see rate_limit.replicas)");
        }
        return LocalRateLimiter.builder().clock(clock).build();
    }

    List<RateLimitPolicy> policies() {
        return List.of(Policies.standard(RateLimit.of(
                share(config.redis().tokenBucket(), config.rateLimit().replicas()))));
    }

    /** Those who guess passwords and tokens are charged for it, unless told otherwise. */
    List<RateLimitPolicy> bruteForce() {
        return config.auth().bruteForce().enabled()
                ? List.of(new BruteForce(
                        config.auth().bruteForce(), config.rateLimit().replicas()))
                : List.of();
    }

    /** What one of several gateways enforces of a limit, while none knows what the others have let pass. */
    static Bandwidth share(Bandwidth whole, int replicas) {
        return replicas == 1
                ? whole
                : new Bandwidth(
                        Math.max(1, whole.capacity() / replicas),
                        Math.max(1, whole.refillMicros() / replicas),
                        whole.period(),
                        whole.refill());
    }

    @Override
    public void close() {
        upstreams.forEach(Upstream::close);
        if (tokens != null) {
            tokens.close();
        }
    }

    private Upstream upstream(GatewayConfig.Service service) {
        Upstream.Builder builder = Upstream.builder(service.name(), service.host(), service.port())
                .deadline(service.deadline())
                .keepaliveTime(service.grpc().keepaliveTime())
                .keepaliveTimeout(service.grpc().keepaliveTimeout())
                .keepalivePermitWithoutStream(service.grpc().keepalivePermitWithoutStream())
                .idempotent(service.idempotent())
                .closeTimeout(UPSTREAM_CLOSES_WITHIN);
        Upstream upstream = (service.circuitBreaker() ? builder : builder.withoutBreaker()).build();
        upstreams.add(upstream);
        upstream.connect();
        return upstream;
    }
}
