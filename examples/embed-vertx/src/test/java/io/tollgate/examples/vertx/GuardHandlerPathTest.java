package io.tollgate.examples.vertx;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.PathContract;
import io.tollgate.servercontract.ServerUnderTest;
import java.util.function.Supplier;

class GuardHandlerPathTest extends PathContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, RouteRules rules, Supplier<String> admin) {
        return new TestServer(router -> {
            router.route().handler(new GuardHandler(guard, rules));
            router.get("/admin").handler(ctx -> ctx.end(admin.get()));
        });
    }
}
