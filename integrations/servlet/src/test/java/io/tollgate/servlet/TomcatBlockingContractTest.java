package io.tollgate.servlet;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;

/** Requests wait for Redis on their threads. */
class TomcatBlockingContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) throws Exception {
        GuardFilter filter = GuardFilter.builder(guard).blocking(true).build();
        return TomcatContainer.start("", new HandlersApplication(filter, handlers));
    }
}
