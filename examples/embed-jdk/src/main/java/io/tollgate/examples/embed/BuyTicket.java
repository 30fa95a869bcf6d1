package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.CallContext;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;

/** Buys a ticket of the event that the query names, for the user of the access token. */
final class BuyTicket implements HttpHandler {
    private final OrderGateway orders;

    BuyTicket(OrderGateway orders) {
        this.orders = orders;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String event = exchange.getRequestURI().getQuery();
        String user = exchange.getPrincipal().getUsername();
        String idempotencyKey = UUID.randomUUID().toString();

        CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(2));
        Purchase purchase = orders.purchase(new TicketPurchase(event, user, idempotencyKey), context)
                .toCompletableFuture()
                .join();
        Responses.send(exchange, purchase.ticket().id().orElse(""));
    }
}
