package io.tollgate.examples.vertx;

import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.MeasuredVariant;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;

/** The server that {@code make bench-embedded} measures. */
final class MeasuredServer {
    private MeasuredServer() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        variant.guard()
                .ifPresent(
                        guard -> router.route().handler(new GuardHandler(guard, RouteRules.all(guard.defaultRule()))));
        router.get("/hello")
                .handler(ctx ->
                        ctx.response().putHeader("Content-Type", "text/plain").end(MeasuredVariant.GREETING));
        vertx.createHttpServer()
                .requestHandler(router)
                .listen(SocketAddress.inetSocketAddress(variant.address()))
                .await();
    }
}
