package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
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
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's server, which greets everyone, and shows operators at {@code /ops} what happens. */
public final class OperatedServer implements AutoCloseable {
    private final Traffic traffic = new Traffic();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RequestGuard guard;
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
        guard = RequestGuard.builder()
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
        server.createContext("/ops", new EndpointHandler(pages.under("/ops")));
        server.createContext("/hello", this::hello);
        server.start();
        pages.listening(URI.create("http://localhost:" + server.getAddress().getPort()));
    }

    private static Condition disk() {
        return new File(".").getUsableSpace() > 0 ? Condition.ok("has room") : Condition.degraded("is full");
    }

    private void hello(HttpExchange exchange) throws IOException {
        HttpRequestHead head = new ExchangeRequest(exchange);
        String requestId = UUID.randomUUID().toString();
        long began = System.nanoTime();
        traffic.started(head);
        Admission admission = guard.admit(head, "/hello", AccessRule.open())
                .toCompletableFuture()
                .join();
        HttpResponse response = admission instanceof Rejected rejected
                ? rejected.response(ErrorRenderer.envelope(), requestId)
                : admission.complete(Responses.text("Hello"));
        traffic.finished(RequestSummary.of(head, requestId, "/hello", admission, response, System.nanoTime() - began));
        Responses.write(exchange, response);
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
