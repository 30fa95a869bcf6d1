package io.tollgate.examples.helidon;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.util.Optional;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(TestServer.THREADS)
class GuardFilterContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
        return new TestServer(routing -> routing.addFilter(new GuardFilter(guard, RouteRules.all(guard.defaultRule())))
                .get("/hello", (request, response) -> text(response, handlers.hello(user(request))))
                .get("/blocking", (request, response) -> text(response, handlers.blocking(user(request))))
                .post(
                        "/echo",
                        (request, response) -> response.header("Content-Type", "application/octet-stream")
                                .send(handlers.echo(body(request))))
                .get(
                        "/status",
                        (request, response) ->
                                response.status(handlers.status()).send()));
    }

    private static Optional<Principal> user(ServerRequest request) {
        return GuardFilter.request(request).principal();
    }

    private static byte[] body(ServerRequest request) {
        return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    }

    private static void text(ServerResponse response, String text) {
        response.header("Content-Type", "text/plain; charset=utf-8").send(text);
    }
}
