package io.tollgate.examples.vertx;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Optional;

class GuardHandlerContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
        return new TestServer(router -> {
            router.route().handler(new GuardHandler(guard, RouteRules.all(guard.defaultRule())));
            router.route().handler(BodyHandler.create(false).setBodyLimit(200_000));
            router.get("/hello").handler(ctx -> text(ctx, handlers.hello(user(ctx))));
            router.get("/blocking")
                    .handler(ctx -> ctx.vertx()
                            .executeBlocking(() -> handlers.blocking(user(ctx)), false)
                            .onSuccess(text -> text(ctx, text))
                            .onFailure(ctx::fail));
            router.post("/echo")
                    .handler(ctx -> ctx.response()
                            .putHeader("Content-Type", "application/octet-stream")
                            .end(Buffer.buffer(handlers.echo(body(ctx)))));
            router.get("/status")
                    .handler(ctx ->
                            ctx.response().setStatusCode(handlers.status()).end());
        });
    }

    private static Optional<Principal> user(RoutingContext ctx) {
        Admitted request = ctx.get(GuardHandler.REQUEST);
        return request.principal();
    }

    private static byte[] body(RoutingContext ctx) {
        Buffer body = ctx.body().buffer();
        return body == null ? new byte[0] : body.getBytes();
    }

    private static void text(RoutingContext ctx, String text) {
        ctx.response().putHeader("Content-Type", "text/plain; charset=utf-8").end(text);
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
