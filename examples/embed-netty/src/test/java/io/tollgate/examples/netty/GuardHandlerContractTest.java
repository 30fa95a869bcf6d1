package io.tollgate.examples.netty;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.examples.netty.TestServer.Reply;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;

class GuardHandlerContractTest extends ServerContract {
    private final ExecutorService mayBlock = Executors.newCachedThreadPool();

    @AfterAll
    void endThreads() {
        mayBlock.shutdownNow();
    }

    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
        return new TestServer(guard, RouteRules.all(guard.defaultRule()), (route, body, user) -> switch (route) {
            case "GET /hello" -> CompletableFuture.completedStage(Reply.text(handlers.hello(user)));
            case "GET /blocking" -> CompletableFuture.supplyAsync(() -> Reply.text(handlers.blocking(user)), mayBlock);
            case "POST /echo" ->
                CompletableFuture.completedStage(new Reply(200, "application/octet-stream", handlers.echo(body)));
            case "GET /status" ->
                CompletableFuture.completedStage(new Reply(handlers.status(), "text/plain", new byte[0]));
            default -> CompletableFuture.completedStage(new Reply(404, "text/plain", new byte[0]));
        });
    }

    @Override
    protected boolean handlersMayBlock() {
        return false;
    }

    @Override
    protected boolean noticesClientLeaving() {
        return true;
    }
}
