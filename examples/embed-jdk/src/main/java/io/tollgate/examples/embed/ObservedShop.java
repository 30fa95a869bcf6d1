package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.micrometer.CallMetrics;
import io.tollgate.micrometer.GuardMetrics;
import io.tollgate.micrometer.RateLimiterMetrics;
import io.tollgate.micrometer.TokenMetrics;
import io.tollgate.micrometer.UpstreamMetrics;
import io.tollgate.opentelemetry.CallSpans;
import io.tollgate.opentelemetry.GuardSpans;
import io.tollgate.opentelemetry.RequestSpans;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A shop on the JDK's server that sells tickets, with meters and spans of all that it does for that. */
public final class ObservedShop implements AutoCloseable {
    private final HttpServer server;
    private final Upstream orderService;

    /**
     * Opens the shop on a free port of the loopback address.
     *
     * @param secret the secret that access tokens are signed with
     * @param host the host of the order service
     * @param port the port of the order service
     */
    public ObservedShop(
            String secret, String host, int port, RateLimit limit, MeterRegistry registry, OpenTelemetry openTelemetry)
            throws IOException {
        JwtVerifier tokens = JwtVerifier.builder().secret(secret).build();
        LocalRateLimiter limiter = LocalRateLimiter.builder().build();
        new TokenMetrics(tokens).bindTo(registry);
        new RateLimiterMetrics(limiter).bindTo(registry);

        RequestGuard guard = RequestGuard.builder()
                .tokens(tokens)
                .limiter(limiter, List.of(Policies.standard(limit)))
                .listener(RequestListener.all(List.of(new GuardMetrics(registry), new GuardSpans(openTelemetry))))
                .build();

        orderService = Upstream.builder("order-service", host, port)
                .intercept(new CallSpans(openTelemetry, host, port))
                .intercept(new CallMetrics(registry, "order-service", host, port))
                .build();
        new UpstreamMetrics(orderService).bindTo(registry);

        RequestSpans spans = RequestSpans.builder(openTelemetry).build();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/buy", new BuyTicket(new GrpcOrderGateway(orderService)))
                .getFilters()
                .addAll(List.of(new SpanFilter(spans), GuardFilter.of(guard)));
        server.start();
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        orderService.close();
    }
}
