package io.tollgate.examples.helidon;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;

/**
 * Puts a guard in front of all routes: {@code routing.addFilter(new GuardFilter(guard, rules))}.
 *
 * <p>The virtual thread of the request waits for the decision. Handlers may block it.
 */
public final class GuardFilter implements Filter {
    private static final Logger log = System.getLogger(GuardFilter.class.getName());

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();

    /** Guards routes by rules that find each request by its method and path, without a trailing slash: Helidon ignores it. */
    public GuardFilter(RequestGuard guard, RouteRules rules) {
        this.guard = guard;
        this.rules = rules;
    }

    /** Returns the request that a handler handles, with its user. */
    public static Admitted request(ServerRequest request) {
        return request.context().get(Admitted.class).orElseThrow();
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        HttpRequestHead head = head(request);
        List<String> ids = head.headers("X-Request-Id");
        boolean given = ids.size() == 1 && CallContext.isRequestId(ids.get(0));
        String requestId = given ? ids.get(0) : UUID.randomUUID().toString();
        response.beforeSend(() -> response.header("X-Request-Id", requestId));
        Admission admission;
        try {
            admission = admit(request, head);
        } catch (RuntimeException e) {
            GatewayException error = GatewayException.from(e);
            log.log(error.code().isServerFault() ? Level.ERROR : Level.DEBUG, "A request could not be judged", error);
            send(head, response, errors.render(error, head, requestId));
            return;
        }
        if (admission instanceof Rejected rejected) {
            send(head, response, rejected.response(errors, requestId));
        } else if (admission instanceof Admitted admitted) {
            try (admitted) {
                handle(chain, request, response, admitted);
            }
        }
    }

    private Admission admit(RoutingRequest request, HttpRequestHead head) {
        if (!PathTemplate.isCanonical(request.prologue().uriPath().rawPath())) {
            throw GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
        }
        GuardedRoute route = rules.of(head);
        return guard.admit(head, route.template(), route.rule(), RequestGuard.SAME_THREAD)
                .toCompletableFuture()
                .join();
    }

    private static void handle(FilterChain chain, RoutingRequest request, RoutingResponse response, Admitted admitted) {
        request.context().register(admitted);
        response.beforeSend(() -> {
            admitted.settle(response.status().code()).toCompletableFuture().join();
            admitted.forEachHeader((name, value) -> response.header(name, value));
        });
        chain.proceed();
    }

    private static void send(HttpRequestHead head, ServerResponse response, HttpResponse rendered) {
        response.status(rendered.status());
        rendered.forEachHeader((name, value) -> response.header(name, value));
        if (head.method().equals("HEAD")) {
            response.contentLength(rendered.bytes().length);
            response.send();
        } else {
            response.send(rendered.bytes());
        }
    }

    private static HttpRequestHead head(RoutingRequest request) {
        String path = request.prologue().uriPath().rawPath();
        String query = request.prologue().query().rawValue();
        return HttpRequestHead.of(
                request.prologue().method().text(),
                (path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
                        + (query.isEmpty() ? "" : "?" + query),
                ((InetSocketAddress) request.remotePeer().address()).getAddress(),
                name -> request.headers().all(HeaderNames.create(name), List::of));
    }
}
