package io.tollgate.examples.helidon;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.PathContract;
import io.tollgate.servercontract.ServerUnderTest;
import java.util.function.Supplier;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(TestServer.THREADS)
class GuardFilterPathTest extends PathContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, RouteRules rules, Supplier<String> admin) {
        return new TestServer(routing -> routing.addFilter(new GuardFilter(guard, rules))
                .get("/admin", (request, response) -> response.send(admin.get())));
    }
}
