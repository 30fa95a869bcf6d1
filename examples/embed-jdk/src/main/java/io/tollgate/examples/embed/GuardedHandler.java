package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.token.AccessRule;
import java.io.IOException;
import java.util.UUID;

/** A route of the JDK's server with a guard in front. */
final class GuardedHandler implements HttpHandler {
    private final RequestGuard guard;
    private final AccessRule rule;
    private final Action action;

    /** Guards {@code action} by {@code guard}, which demands what {@code rule} says. */
    GuardedHandler(RequestGuard guard, AccessRule rule, Action action) {
        this.guard = guard;
        this.rule = rule;
        this.action = action;
    }

    /** Handles a request that the guard admitted. A {@link io.tollgate.api.GatewayException} becomes an error response. */
    interface Action {
        HttpResponse respond(HttpExchange exchange, Admitted request);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpRequestHead head = HttpRequestHead.of(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRemoteAddress().getAddress(),
                exchange.getRequestHeaders()::get);
        String route = exchange.getHttpContext().getPath();
        String requestId = UUID.randomUUID().toString();
        Responses.write(
                exchange, guard.respond(head, route, rule, requestId, request -> action.respond(exchange, request)));
    }
}
