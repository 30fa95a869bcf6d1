package io.tollgate.examples.javalin;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.plugin.Plugin;
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
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Puts a guard in front of all HTTP handlers: {@code config.registerPlugin(new GuardPlugin(guard, rules))}.
 *
 * <p>No thread waits for the decision. Handlers run on the threads of the server, and may block them.
 */
public final class GuardPlugin extends Plugin<Void> {
    /** The request, with its user: {@code Admitted request = ctx.attribute(GuardPlugin.REQUEST)}. */
    public static final String REQUEST = "tollgate.request";

    private static final Logger log = System.getLogger(GuardPlugin.class.getName());

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();

    /** Guards a server by rules that find each request by its method and path, without a trailing slash: Javalin ignores it. */
    public GuardPlugin(RequestGuard guard, RouteRules rules) {
        this.guard = guard;
        this.rules = rules;
    }

    @Override
    public void onStart(JavalinConfig config) {
        config.router.mount(
                routes -> routes.before(ctx -> ctx.future(() -> judge(ctx))).after(GuardPlugin::settle));
    }

    private CompletableFuture<?> judge(Context ctx) {
        List<String> ids = Collections.list(ctx.req().getHeaders("X-Request-Id"));
        boolean given = ids.size() == 1 && CallContext.isRequestId(ids.get(0));
        String requestId = given ? ids.get(0) : UUID.randomUUID().toString();
        HttpRequestHead head = head(ctx);
        ctx.header("X-Request-Id", requestId);
        return admit(ctx, head, ctx.req().getAsyncContext()::start)
                .<Object>handle((admission, failure) -> {
                    if (admission instanceof Admitted admitted) {
                        ctx.attribute(REQUEST, admitted);
                        admitted.forEachHeader(ctx::header);
                        ctx.req().getAsyncContext().addListener(new End(ctx, admitted));
                    } else if (admission instanceof Rejected rejected) {
                        reject(ctx, rejected.response(errors, requestId));
                    } else {
                        GatewayException error = GatewayException.from(failure);
                        Level level = error.code().isServerFault() ? Level.ERROR : Level.DEBUG;
                        log.log(level, "A request could not be judged", error);
                        reject(ctx, errors.render(error, head, requestId));
                    }
                    return requestId;
                })
                .toCompletableFuture();
    }

    private CompletionStage<Admission> admit(Context ctx, HttpRequestHead head, Executor serverThreads) {
        try {
            if (!PathTemplate.isCanonical(ctx.path())) {
                throw GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
            }
            GuardedRoute route = rules.of(head);
            return guard.admit(head, route.template(), route.rule(), serverThreads);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static void reject(Context ctx, HttpResponse rendered) {
        ctx.status(rendered.status()).result(rendered.bytes());
        rendered.forEachHeader(ctx::header);
        ctx.skipRemainingHandlers();
    }

    private static void settle(Context ctx) {
        Admitted admitted = ctx.attribute(REQUEST);
        if (admitted != null) {
            admitted.settle(ctx.statusCode());
            admitted.forEachHeader(ctx::header);
        }
    }

    private static HttpRequestHead head(Context ctx) {
        String path = ctx.path();
        String query = ctx.queryString() == null ? "" : "?" + ctx.queryString();
        try {
            return HttpRequestHead.of(
                    ctx.method().name(), // Not that of the request: Javalin lets a header override it.
                    (path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + query,
                    InetAddress.getByName(ctx.req().getRemoteAddr()), // A literal: nothing is looked up.
                    name -> Collections.list(ctx.req().getHeaders(name)));
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Settles a request that no {@code after} handler saw: a future that failed or timed out, or a client that left. */
    private record End(Context ctx, Admitted admitted) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            admitted.settle(ctx.statusCode());
        }

        @Override
        public void onError(AsyncEvent event) {
            admitted.close();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
