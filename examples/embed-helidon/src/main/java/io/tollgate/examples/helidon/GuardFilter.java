package io.tollgate.examples.helidon;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Puts a guard in front of all routes: {@code routing.addFilter(new GuardFilter(guard, rules))}.
 *
 * <p>The virtual thread of the request waits for the decision. Handlers may block it.
 */
public final class GuardFilter implements Filter {
    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors = ErrorRenderer.negotiated();

    /** Guards routes by rules that find each request by its method and path, without a trailing slash. */
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
        String requestId = RequestIds.of(head);
        response.beforeSend(() -> response.header(RequestIds.HEADER, requestId));
        Admission admission = guard.admit(head, rules, RequestGuard.SAME_THREAD)
                .toCompletableFuture()
                .join();
        if (admission instanceof Rejected rejected) {
            send(head, response, rejected.response(errors, requestId));
        } else if (admission instanceof Admitted admitted) {
            try (admitted) {
                handle(chain, request, response, admitted);
            }
        }
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
        String query = request.prologue().query().rawValue();
        return HttpRequestHead.of(
                        request.prologue().method().text(),
                        request.prologue().uriPath().rawPath() + (query.isEmpty() ? "" : "?" + query),
                        ((InetSocketAddress) request.remotePeer().address()).getAddress(),
                        name -> request.headers().all(HeaderNames.create(name), List::of))
                .withoutTrailingSlash(); // Helidon ignores it.
    }
}
