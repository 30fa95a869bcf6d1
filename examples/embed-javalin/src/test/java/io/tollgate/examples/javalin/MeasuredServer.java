package io.tollgate.examples.javalin;

import io.javalin.Javalin;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.MeasuredVariant;

/** The server that {@code make bench-embedded} measures. */
final class MeasuredServer {
    private MeasuredServer() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        Javalin server = Javalin.create(config -> {
            config.showJavalinBanner = false;
            variant.guard()
                    .ifPresent(guard ->
                            config.registerPlugin(new GuardPlugin(guard, RouteRules.all(guard.defaultRule()))));
        });
        server.get("/hello", ctx -> ctx.contentType("text/plain").result(MeasuredVariant.GREETING));
        server.start(variant.address().getHostString(), variant.port());
    }
}
