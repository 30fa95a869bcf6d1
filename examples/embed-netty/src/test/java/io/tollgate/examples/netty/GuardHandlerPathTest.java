package io.tollgate.examples.netty;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.examples.netty.TestServer.Reply;
import io.tollgate.servercontract.PathContract;
import io.tollgate.servercontract.ServerUnderTest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

class GuardHandlerPathTest extends PathContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, RouteRules rules, Supplier<String> admin) {
        return new TestServer(
                guard,
                rules,
                (route, body, user) -> CompletableFuture.completedStage(
                        route.equals("GET /admin")
                                ? Reply.text(admin.get())
                                : new Reply(404, "text/plain", new byte[0])));
    }
}
