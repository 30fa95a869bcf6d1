package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.token.BearerAuthenticator;
import io.tollgate.api.token.TokenVerifier;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;

/** Buys a ticket of the event that the query names, for whoever the bearer token says. */
public final class TicketHandler implements HttpHandler {
    private final BearerAuthenticator authenticator;
    private final OrderGateway orders;

    /** Believes tokens that {@code verifier} accepts, and buys from {@code orders}. */
    public TicketHandler(TokenVerifier verifier, OrderGateway orders) {
        this.authenticator = new BearerAuthenticator(verifier);
        this.orders = orders;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        List<String> authorization = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
        String event = exchange.getRequestURI().getQuery();
        try {
            String ticket = authenticator
                    .authenticate(authorization)
                    .thenCompose(token -> orders.purchase(
                            new TicketPurchase(
                                    event,
                                    token.principal().userId(),
                                    UUID.randomUUID().toString()),
                            CallContext.create().withTimeout(Duration.ofSeconds(2))))
                    .thenApply(purchase -> purchase.ticket().id().orElse(""))
                    .toCompletableFuture()
                    .join();
            Answers.text(exchange, 200, ticket + "\n");
        } catch (CompletionException e) {
            Answers.error(exchange, GatewayException.from(e));
        }
    }
}
