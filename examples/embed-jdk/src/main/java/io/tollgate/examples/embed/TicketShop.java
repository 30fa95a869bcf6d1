package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small service on the JDK's server that limits, authenticates and calls two services over gRPC. */
public final class TicketShop implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Upstream userService;
    private final Upstream orderService;

    /**
     * Opens the shop on a free port of the loopback address.
     *
     * @param secret the secret that the user service signs tokens with
     * @param limit the limit of each user, or else of each address
     */
    public TicketShop(String secret, String host, int userPort, int orderPort, RateLimit limit) throws IOException {
        userService = Upstream.builder("user-service", host, userPort)
                .retry(GrpcUserGateway.LOGIN)
                .build();
        orderService = Upstream.builder("order-service", host, orderPort).build();
        UserGateway users = new GrpcUserGateway(userService);
        OrderGateway orders = new GrpcOrderGateway(orderService);
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .build();

        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/buy", new BuyTicket(orders)).getFilters().add(GuardFilter.of(guard));
        GuardFilter openToAll = GuardFilter.builder(guard)
                .routes(RouteRules.all(AccessRule.open()))
                .build();
        server.createContext("/login", new Login(users)).getFilters().add(openToAll);
        server.setExecutor(threads);
        server.start();
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
        orderService.close();
        userService.close();
    }
}
