package io.tollgate.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;

/** Hands every exchange to a {@link ServerEndpoint}. */
final class UndertowAdapter implements HttpHandler {
    private final ServerEndpoint endpoint;
    private final ServerSettings.Limits limits;
    private final Connections connections;

    UndertowAdapter(ServerEndpoint endpoint, ServerSettings.Limits limits, Connections connections) {
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
