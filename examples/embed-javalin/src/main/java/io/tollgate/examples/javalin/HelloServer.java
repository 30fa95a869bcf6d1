package io.tollgate.examples.javalin;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.util.List;

/** A Javalin server that greets its users, so many times a minute each. */
public final class HelloServer implements AutoCloseable {
    private static final long MAX_BODY = 65_536;

    private final Javalin server;

    /** Opens the server on the loopback address; port 0 is any free port. */
    public HelloServer(int port, RequestGuard guard) {
        server = Javalin.create(config -> {
            config.showJavalinBanner = false;
            config.http.maxRequestSize = MAX_BODY;
            config.registerPlugin(new GuardPlugin(guard, RouteRules.all(guard.defaultRule())));
        });
        server.get("/hello", HelloServer::hello);
        server.start("127.0.0.1", port);
    }

    private static void hello(Context ctx) {
        Admitted request = ctx.attribute(GuardPlugin.REQUEST);
        ctx.result("Hello, " + request.principal().orElseThrow().userId() + "\n");
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
        HelloServer server = new HelloServer(8080, guard);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
}
