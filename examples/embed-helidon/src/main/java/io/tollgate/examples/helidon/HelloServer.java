package io.tollgate.examples.helidon;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.util.List;

/** A Helidon server that greets its users, so many times a minute each. */
public final class HelloServer implements AutoCloseable {
    private static final long MAX_BODY = 65_536;

    private final WebServer server;

    /** Opens the server on the loopback address; port 0 is any free port. */
    public HelloServer(int port, RequestGuard guard) {
        server = WebServer.builder()
                .host("127.0.0.1")
                .port(port)
                .maxPayloadSize(MAX_BODY)
                .routing(routing -> routing.addFilter(new GuardFilter(guard, RouteRules.all(guard.defaultRule())))
                        .get("/hello", HelloServer::hello))
                .build()
                .start();
    }

    private static void hello(ServerRequest request, ServerResponse response) {
        String user = GuardFilter.request(request).principal().orElseThrow().userId();
        response.header("Content-Type", "text/plain; charset=utf-8").send("Hello, " + user + "\n");
    }

    /** Returns the port that it listens on. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    /** Starts a server on port 8080 whose limits are in Redis, and in this process while Redis is unavailable. */
    public static void main(String[] arguments) {
        SharedRateLimiter limiter =
                SharedRateLimiter.builder("redis://localhost:6379").build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .secret(System.getenv("JWT_SECRET"))
                        .build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(5))))
                .build();
        new HelloServer(8080, guard); // Helidon closes it when the JVM stops.
    }
}
