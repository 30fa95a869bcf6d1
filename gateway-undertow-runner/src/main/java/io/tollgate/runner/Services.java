package io.tollgate.runner;

import io.grpc.TlsChannelCredentials;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.Backend;
import io.tollgate.grpc.BreakerState;
import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.UpstreamBuilder;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.TranscodingConfig;
import io.tollgate.runner.telemetry.Metrics;
import io.tollgate.runner.telemetry.Tracing;
import io.tollgate.tls.TlsFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The gRPC services that a gateway calls, connected when they are first needed. */
final class Services implements AutoCloseable {
    /** Calls that are in flight when the server is closed have no client any more. */
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(1);

    private final GatewayConfig.Services config;
    private final Optional<Metrics> metrics;
    private final Optional<Tracing> tracing;
    private final List<Upstream> upstreams = new ArrayList<>(2);
    private final List<TlsFiles> certificates = new ArrayList<>(2);

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

    /** Returns the upstream of a service that is exposed from its descriptors; what it does not say is as for the orders. */
    Upstream upstream(TranscodingConfig.Service service) {
        GatewayConfig.Service usual = config.orderService();
        return upstream(new GatewayConfig.Service(
                service.name(),
                service.backends(),
                usual.loadBalancing(),
                usual.resolveInterval(),
                service.longestDeadline(),
                true,
                usual.retryBudget(),
                usual.grpc(),
                Optional.of(""),
                Optional.empty(),
                service.tls(),
                false));
    }

    private Upstream upstream(GatewayConfig.Service service, String... retried) {
        GatewayConfig.HostPort first = service.backends().get(0);
        UpstreamBuilder builder = Upstream.builder(service.name(), first.host(), first.port())
                .loadBalancing(service.loadBalancing())
                .resolveInterval(service.resolveInterval())
                .deadline(service.deadline())
                .keepaliveTime(service.grpc().keepaliveTime())
                .keepaliveTimeout(service.grpc().keepaliveTimeout())
                .keepalivePermitWithoutStream(service.grpc().keepalivePermitWithoutStream())
                .retry(retried)
                .retryBudget(service.retryBudget())
                .closeTimeout(CLOSES_WITHIN);
        service.backends().stream().skip(1).forEach(backend -> builder.backend(backend.host(), backend.port()));
        service.healthCheck().ifPresent(builder::healthCheck);
        service.outlierDetection().ifPresent(builder::outlierDetection);
        service.tls().ifPresent(tls -> tls(builder, tls));
        tracing.ifPresent(t -> builder.intercept(t.calls(first.host(), first.port())));
        metrics.ifPresent(m -> builder.intercept(m.calls(service.name(), first.host(), first.port())));
        Upstream upstream = (service.circuitBreaker() ? builder : builder.withoutBreaker()).build();
        upstreams.add(upstream);
        metrics.ifPresent(m -> m.watch(upstream));
        upstream.connect();
        return upstream;
    }

    private void tls(UpstreamBuilder builder, GatewayConfig.ServiceTls tls) {
        tls.serverName().ifPresent(builder::serverName);
        if (tls.ca().isEmpty() && tls.cert().isEmpty()) {
            builder.tls();
            return;
        }
        TlsFiles.Builder description = TlsFiles.builder();
        tls.ca().ifPresent(description::authorities);
        tls.cert().ifPresent(cert -> description.certificate(cert, tls.key().orElseThrow()));
        try {
            TlsFiles files = description.build();
            certificates.add(files);
            metrics.ifPresent(m -> m.watch(tls.section(), files));
            builder.credentials(TlsChannelCredentials.newBuilder()
                    .keyManager(files.keyManager())
                    .trustManager(files.trustManager())
                    .build());
        } catch (IllegalArgumentException e) {
            throw new GatewayStartException(tls.section() + ".tls: " + e.getMessage(), e);
        }
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
        return condition(connectivity, upstream.breakerState(), upstream.backends());
    }

    /** A service of which a part cannot be called is degraded, and says which part and why. */
    static Condition condition(Connectivity connectivity, BreakerState breaker, List<Backend> backends) {
        Condition whole = condition(connectivity, breaker);
        List<Backend> out = backends.stream()
                .filter(backend -> backend.problem().isPresent())
                .toList();
        if (backends.size() == 1 || connectivity != Connectivity.READY) {
            return out.isEmpty()
                    ? whole
                    : new Condition(whole.status(), whole.detail() + "; " + list(out), whole.facts());
        }
        Condition spread = whole.with("backends", Integer.toString(backends.size()))
                .with("backends_out", Integer.toString(out.size()));
        return out.isEmpty()
                ? spread
                : new Condition(
                        Condition.Status.DEGRADED,
                        spread.detail() + ", but not all backends: " + list(out),
                        spread.facts());
    }

    private static String list(List<Backend> backends) {
        return backends.stream()
                .map(backend -> backend.address() + " " + backend.problem().orElseThrow())
                .collect(Collectors.joining("; "));
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
        certificates.forEach(TlsFiles::close);
    }
}
