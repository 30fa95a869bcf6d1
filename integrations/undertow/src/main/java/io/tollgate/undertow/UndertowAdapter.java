package io.tollgate.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;

/** Hands every exchange to a {@link ServerEndpoint}. */
final class UndertowAdapter implements HttpHandler {
    private final Server server;

    UndertowAdapter(Server server) {
        this.server = server;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (server.settings().h2c() && Http2Upgrade.tryUpgrade(exchange, server)) {
            return;
        }
        // Asynchronous work may start only once Undertow's own call is over, or it would end the exchange behind our
        // back.
        exchange.dispatch(SameThreadExecutor.INSTANCE, new Http1Transaction(exchange, server));
    }
}
