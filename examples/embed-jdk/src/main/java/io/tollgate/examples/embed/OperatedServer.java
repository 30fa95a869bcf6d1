package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.httpserver.EndpointHandler;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorAccess;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's server, which greets everyone, and shows operators at {@code /ops} what happens. */
public final class OperatedServer implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final OperatorPages pages;
    private final HttpServer server;

    /**
     * Opens the server on a free port of the loopback address.
     *
     * @param operatorToken the token of the operators
     */
    public OperatedServer(String operatorToken, RateLimit limit) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        Traffic traffic = new Traffic();
        RequestGuard guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .listener(traffic)
                .build();
        pages = OperatorPages.builder()
                .name("greeter")
                .version("1.0")
                .access(OperatorAccess.token(operatorToken))
                .component("disk", ComponentKind.OTHER, OperatedServer::disk)
                .policies(guard::policies)
                .traffic(traffic)
                .build();
        server.createContext("/ops", EndpointHandler.of(pages.under("/ops")));
        server.createContext("/hello", exchange -> Responses.send(exchange, "Hello"))
                .getFilters()
                .add(GuardFilter.builder(guard).listener(traffic).build());
        server.start();
        pages.listening(URI.create("http://localhost:" + server.getAddress().getPort()));
    }

    private static Condition disk() {
        return new File(".").getUsableSpace() > 0 ? Condition.ok("has room") : Condition.degraded("is full");
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Tells probes, and then stops. */
    @Override
    public void close() {
        pages.draining();
        pages.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
