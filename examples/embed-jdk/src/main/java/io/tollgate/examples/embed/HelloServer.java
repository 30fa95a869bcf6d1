package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's server, which greets users with a valid token so many times a minute. */
public final class HelloServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * Opens the server on a free port of the loopback address.
     *
     * @param secret the secret that access tokens are signed with
     */
    public HelloServer(String secret, RateLimit limit) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        HttpContext hello = server.createContext("/hello", this::hello);
        // limit and authenticate: from here
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .build();
        hello.getFilters().add(GuardFilter.of(guard));
        // to here
        server.start();
    }

    private void hello(HttpExchange exchange) throws IOException {
        Responses.send(exchange, "Hello, " + exchange.getPrincipal().getUsername());
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
