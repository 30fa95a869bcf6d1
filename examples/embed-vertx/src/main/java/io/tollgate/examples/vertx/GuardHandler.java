package io.tollgate.examples.vertx;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.PathTemplate;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Puts a guard in front of a router: {@code router.route().handler(new GuardHandler(guard, rules))}, before all other handlers
 * and so before {@code BodyHandler}: bodies of rejected requests are not kept.
 *
 * <p>Everything runs on the context of the request, which never blocks; the body waits in the socket meanwhile.
 */
public final class GuardHandler implements Handler<RoutingContext> {
    /** The request, with its user: {@code Admitted request = ctx.get(GuardHandler.REQUEST)}. */
    public static final String REQUEST = "tollgate.request";

    private static final Logger log = System.getLogger(GuardHandler.class.getName());

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();

    /** Guards a router by rules that find each request by its method and path, without a trailing slash: the router ignores it. */
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
        List<String> ids = request.headers().getAll("X-Request-Id");
        boolean given = ids.size() == 1 && CallContext.isRequestId(ids.get(0));
        String requestId = given ? ids.get(0) : UUID.randomUUID().toString();
        HttpRequestHead head = head(request);
        Context context = ctx.vertx().getOrCreateContext();
        request.pause();
        admit(request, head, task -> context.runOnContext(none -> task.run())).whenComplete((admission, failure) -> {
            ctx.response().putHeader("X-Request-Id", requestId);
            if (admission instanceof Admitted admitted) {
                handle(ctx, admitted);
            } else if (admission instanceof Rejected rejected) {
                reject(ctx, rejected.response(errors, requestId));
            } else {
                GatewayException error = GatewayException.from(failure);
                log.log(
                        error.code().isServerFault() ? Level.ERROR : Level.DEBUG,
                        "A request could not be judged",
                        error);
                reject(ctx, errors.render(error, head, requestId));
            }
        });
    }

    private CompletionStage<Admission> admit(HttpServerRequest request, HttpRequestHead head, Executor executor) {
        try {
            if (!PathTemplate.isCanonical(request.path())) {
                throw GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
            }
            GuardedRoute route = rules.of(head);
            return guard.admit(head, route.template(), route.rule(), executor);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
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
        String path = request.path();
        String query = request.query() == null ? "" : "?" + request.query();
        try {
            return HttpRequestHead.of(
                    request.method().name(),
                    (path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + query,
                    InetAddress.getByName(request.remoteAddress().hostAddress()), // A literal: nothing is looked up.
                    request.headers()::getAll);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }
}
