package io.tollgate.examples.javalin;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.plugin.Plugin;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;

/**
 * Puts a guard in front of all HTTP handlers: {@code config.registerPlugin(new GuardPlugin(guard, rules))}.
 *
 * <p>No thread waits for the decision. Handlers run on the threads of the server, and may block them.
 */
public final class GuardPlugin extends Plugin<Void> {
    /** The request, with its user: {@code Admitted request = ctx.attribute(GuardPlugin.REQUEST)}. */
    public static final String REQUEST = "tollgate.request";

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();

    /** Guards a server by rules that find each request by its method and path, without a trailing slash. */
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
        HttpRequestHead head = head(ctx);
        String requestId = RequestIds.of(head);
        ctx.header(RequestIds.HEADER, requestId);
        AsyncContext async = ctx.req().getAsyncContext();
        return guard.admit(head, rules, async::start)
                .thenAccept(admission -> {
                    if (admission instanceof Admitted admitted) {
                        ctx.attribute(REQUEST, admitted);
                        admitted.forEachHeader(ctx::header);
                        async.addListener(new End(ctx, admitted));
                    } else if (admission instanceof Rejected rejected) {
                        reject(ctx, rejected.response(errors, requestId));
                    }
                })
                .toCompletableFuture();
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
        return HttpRequestHead.of(
                        ctx.method().name(), // Not that of the request: Javalin lets a header override it.
                        ctx.path() + (ctx.queryString() == null ? "" : "?" + ctx.queryString()),
                        ClientAddresses.peer(ctx.req().getRemoteAddr()),
                        name -> Collections.list(ctx.req().getHeaders(name)))
                .withoutTrailingSlash(); // Javalin ignores it.
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
