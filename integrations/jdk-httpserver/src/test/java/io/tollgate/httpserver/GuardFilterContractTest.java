package io.tollgate.httpserver;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.io.IOException;
import java.util.concurrent.Executors;

/** The filter on platform threads. */
class GuardFilterContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) throws IOException {
        return new TestServer(name -> Executors.newCachedThreadPool(task -> new Thread(task, name)))
                .with(handlers, GuardFilter.of(guard));
    }
}
