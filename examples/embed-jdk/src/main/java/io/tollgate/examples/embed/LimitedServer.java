package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's server, which greets each address so many times a minute. */
public final class LimitedServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Opens the server on a free port of the loopback address. */
    public LimitedServer(RateLimit limit) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        HttpContext hello = server.createContext("/hello", exchange -> Responses.send(exchange, "Hello"));
        // limit: from here
        RateLimiter limiter = LocalRateLimiter.builder().build();
        var guard = RequestGuard.builder().limiter(limiter, List.of(Policies.standard(limit)));
        hello.getFilters().add(GuardFilter.of(guard.build()));
        // to here
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
    }
}
