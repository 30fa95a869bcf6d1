package io.tollgate.servlet;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;

/** Requests wait for Redis without a thread. */
class TomcatContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) throws Exception {
        return TomcatContainer.start("", new HandlersApplication(GuardFilter.of(guard), handlers));
    }
}
