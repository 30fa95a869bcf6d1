package io.tollgate.examples.javalin;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.PathContract;
import io.tollgate.servercontract.ServerUnderTest;
import java.util.function.Supplier;

class GuardPluginPathTest extends PathContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, RouteRules rules, Supplier<String> admin) {
        return new TestServer(config -> {
            config.registerPlugin(new GuardPlugin(guard, rules));
            config.router.mount(routes -> routes.get("/admin", ctx -> ctx.result(admin.get())));
        });
    }
}
