package io.tollgate.examples.javalin;

import io.javalin.http.Context;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.util.Optional;

class GuardPluginContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
        return new TestServer(config -> {
            config.registerPlugin(new GuardPlugin(guard, RouteRules.all(guard.defaultRule())));
            config.router.mount(routes -> routes.get("/hello", ctx -> ctx.result(handlers.hello(user(ctx))))
                    .get("/blocking", ctx -> ctx.result(handlers.blocking(user(ctx))))
                    .post(
                            "/echo",
                            ctx -> ctx.contentType("application/octet-stream").result(handlers.echo(ctx.bodyAsBytes())))
                    .get("/status", ctx -> ctx.status(handlers.status())));
        });
    }

    private static Optional<Principal> user(Context ctx) {
        Admitted request = ctx.attribute(GuardPlugin.REQUEST);
        return request.principal();
    }
}
