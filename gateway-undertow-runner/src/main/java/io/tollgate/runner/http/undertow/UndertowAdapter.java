package io.tollgate.runner.http.undertow;

import io.tollgate.runner.http.Endpoint;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;

/** Hands every exchange to an {@link Endpoint}. */
final class UndertowAdapter implements HttpHandler {
    private final Endpoint endpoint;
    private final ServerSettings.Limits limits;
    private final Connections connections;

    UndertowAdapter(Endpoint endpoint, ServerSettings.Limits limits, Connections connections) {
        this.endpoint = endpoint;
        this.limits = limits;
        this.connections = connections;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        // Asynchronous work may start only once Undertow's own call is over, or it would end the exchange behind our
        // back.
        exchange.dispatch(SameThreadExecutor.INSTANCE, new Transaction(exchange, endpoint, limits, connections));
    }
}
