package io.tollgate.runner;

import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.BreakerState;
import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.TranscodingConfig;
import io.tollgate.runner.telemetry.Metrics;
import io.tollgate.runner.telemetry.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The gRPC services that a gateway calls, connected when they are first needed. */
final class Services implements AutoCloseable {
    /** Calls that are in flight when the server is closed have no client any more. */
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(1);

    private final GatewayConfig.Services config;
    private final Optional<Metrics> metrics;
    private final Optional<Tracing> tracing;
    private final List<Upstream> upstreams = new ArrayList<>(2);

    Services(GatewayConfig.Services config, Optional<Metrics> metrics, Optional<Tracing> tracing) {
        this.config = config;
        this.metrics = metrics;
        this.tracing = tracing;
    }

    UserGateway users() {
        return new GrpcUserGateway(upstream(config.userService(), GrpcUserGateway.LOGIN));
    }

    OrderGateway orders() {
        GatewayConfig.Service service = config.orderService();
        return new GrpcOrderGateway(
                service.idempotent() ? upstream(service, GrpcOrderGateway.PURCHASE) : upstream(service));
    }

    /** Returns the upstream of a service that is exposed from its descriptors, with the usual settings. */
    Upstream upstream(TranscodingConfig.Service service) {
        return upstream(new GatewayConfig.Service(
                service.name(),
                service.host(),
                service.port(),
                service.longestDeadline(),
                true,
                config.orderService().retryBudget(),
                config.orderService().grpc(),
                false));
    }

    private Upstream upstream(GatewayConfig.Service service, String... retried) {
        Upstream.Builder builder = Upstream.builder(service.name(), service.host(), service.port())
                .deadline(service.deadline())
                .keepaliveTime(service.grpc().keepaliveTime())
                .keepaliveTimeout(service.grpc().keepaliveTimeout())
                .keepalivePermitWithoutStream(service.grpc().keepalivePermitWithoutStream())
                .retry(retried)
                .retryBudget(service.retryBudget())
                .closeTimeout(CLOSES_WITHIN);
        tracing.ifPresent(t -> builder.intercept(t.calls(service.host(), service.port())));
        metrics.ifPresent(m -> builder.intercept(m.calls(service.name(), service.host(), service.port())));
        Upstream upstream = (service.circuitBreaker() ? builder : builder.withoutBreaker()).build();
        upstreams.add(upstream);
        metrics.ifPresent(m -> m.watch(upstream));
        upstream.connect();
        return upstream;
    }

    /** Adds the services that are called to the pages. */
    void show(OperatorPages.Builder pages) {
        for (Upstream upstream : upstreams) {
            pages.component(upstream.name(), ComponentKind.UPSTREAM, () -> condition(upstream));
        }
    }

    private static Condition condition(Upstream upstream) {
        Connectivity connectivity = upstream.connectivity();
        if (connectivity == Connectivity.IDLE) {
            // A connection that was lost is noticed by trying again only.
            upstream.connect();
        }
        return condition(connectivity, upstream.breakerState());
    }

    /** An open breaker does not make a service {@code down} that can be reached: only requests can close it. */
    static Condition condition(Connectivity connectivity, BreakerState breaker) {
        Condition connection = switch (connectivity) {
            case READY -> Condition.ok("connected");
            case IDLE -> Condition.ok("no connection at the moment, the next call makes one");
            case CONNECTING -> Condition.degraded("connecting");
            case TRANSIENT_FAILURE -> Condition.down("cannot be reached");
            case SHUTDOWN -> Condition.down("closed");
        };
        String calls = switch (breaker) {
            case OPEN -> "; calls are refused, the circuit breaker is open";
            case HALF_OPEN -> "; the circuit breaker lets a few calls through to see";
            case CLOSED, OFF -> "";
        };
        boolean asConnected = calls.isEmpty() || connection.status() == Condition.Status.DOWN;
        return new Condition(
                asConnected ? connection.status() : Condition.Status.DEGRADED,
                connection.detail() + calls,
                Map.of("connectivity", connectivity.name(), "breaker", breaker.name()));
    }

    @Override
    public void close() {
        upstreams.forEach(Upstream::close);
    }
}
