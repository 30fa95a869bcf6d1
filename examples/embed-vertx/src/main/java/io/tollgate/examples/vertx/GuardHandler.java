package io.tollgate.examples.vertx;

import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Puts a guard in front of a router: {@code router.route().handler(new GuardHandler(guard, rules))}, before all other handlers
 * and so before {@code BodyHandler}: bodies of rejected requests are not kept.
 *
 * <p>Everything runs on the context of the request, which never blocks; the body waits in the socket meanwhile.
 */
public final class GuardHandler implements Handler<RoutingContext> {
    /** The request, with its user: {@code Admitted request = ctx.get(GuardHandler.REQUEST)}. */
    public static final String REQUEST = "tollgate.request";

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();

    /** Guards a router by rules that find each request by its method and path, without a trailing slash. */
    public GuardHandler(RequestGuard guard, RouteRules rules) {
        this.guard = guard;
        this.rules = rules;
    }

    @Override
    public void handle(RoutingContext ctx) {
        Admitted rerouted = ctx.get(REQUEST);
        if (rerouted != null) { // Its new path may have another rule.
            rerouted.close();
        }
        HttpServerRequest request = ctx.request();
        request.pause();
        HttpRequestHead head = head(request);
        String requestId = RequestIds.of(head);
        Context context = ctx.vertx().getOrCreateContext();
        guard.admit(head, rules, task -> context.runOnContext(none -> task.run()))
                .thenAccept(admission -> {
                    ctx.response().putHeader(RequestIds.HEADER, requestId);
                    if (admission instanceof Admitted admitted) {
                        handle(ctx, admitted);
                    } else if (admission instanceof Rejected rejected) {
                        reject(ctx, rejected.response(errors, requestId));
                    }
                });
    }

    private static void handle(RoutingContext ctx, Admitted admitted) {
        HttpServerResponse response = ctx.response();
        if (response.closed()) { // The client has left.
            admitted.abandon();
            return;
        }
        ctx.put(REQUEST, admitted);
        ctx.addHeadersEndHandler(none -> {
            admitted.settle(response.getStatusCode());
            admitted.forEachHeader(response::putHeader);
        });
        ctx.addEndHandler(ended -> admitted.close());
        ctx.request().resume();
        ctx.next();
    }

    private static void reject(RoutingContext ctx, HttpResponse rendered) {
        HttpServerResponse response = ctx.response().setStatusCode(rendered.status());
        rendered.forEachHeader(response::putHeader);
        boolean unsent = ctx.request().headers().contains("Expect"); // Nobody knows whether the body follows.
        ctx.request().resume(); // The body is dropped.
        response.end(Buffer.buffer(rendered.bytes())).onComplete(written -> {
            if (unsent) {
                ctx.request().connection().close();
            }
        });
    }

    private static HttpRequestHead head(HttpServerRequest request) {
        return HttpRequestHead.of(
                        request.method().name(),
                        request.path() + (request.query() == null ? "" : "?" + request.query()),
                        ClientAddresses.peer(request.remoteAddress().hostAddress()),
                        request.headers()::getAll)
                .withoutTrailingSlash(); // The router ignores it.
    }
}
