package io.tollgate.examples.vertx;

import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;

/** A Vert.x server that greets its users, so many times a minute each. */
public final class HelloServer implements AutoCloseable {
    private static final int MAX_BODY = 65_536;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    /** Opens the server on the loopback address; port 0 is any free port. */
    public HelloServer(int port, RequestGuard guard) {
        Router router = Router.router(vertx);
        router.route().handler(new GuardHandler(guard, RouteRules.all(guard.defaultRule())));
        router.route().handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
        router.get("/hello").handler(HelloServer::hello);
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(port, "127.0.0.1")
                .await();
    }

    private static void hello(RoutingContext ctx) {
        Admitted request = ctx.get(GuardHandler.REQUEST);
        String user = request.principal().orElseThrow().userId();
        ctx.response().putHeader("Content-Type", "text/plain; charset=utf-8").end("Hello, " + user + "\n");
    }

    /** Returns the port that it listens on. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        vertx.close().await();
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
