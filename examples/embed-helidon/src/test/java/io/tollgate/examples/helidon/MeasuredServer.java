package io.tollgate.examples.helidon;

import io.helidon.webserver.WebServer;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.MeasuredVariant;

/** The server that {@code make bench-embedded} measures. */
final class MeasuredServer {
    private MeasuredServer() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        WebServer.builder()
                .host(variant.address().getHostString())
                .port(variant.port())
                .routing(routing -> {
                    variant.guard()
                            .ifPresent(guard ->
                                    routing.addFilter(new GuardFilter(guard, RouteRules.all(guard.defaultRule()))));
                    routing.get(
                            "/hello",
                            (request, response) -> response.header("Content-Type", "text/plain")
                                    .send(MeasuredVariant.GREETING));
                })
                .build()
                .start();
    }
}
