package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.CallContext;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import java.time.Duration;
import java.util.UUID;

/** Buys a ticket of the event that the query names, for the user of the access token. */
final class BuyTicket implements GuardedHandler.Action {
    private final OrderGateway orders;

    BuyTicket(OrderGateway orders) {
        this.orders = orders;
    }

    @Override
    public HttpResponse respond(HttpExchange exchange, Admitted request) {
        String event = exchange.getRequestURI().getQuery();
        String user = request.principal().orElseThrow().userId();
        String idempotencyKey = UUID.randomUUID().toString();

        CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(2));
        Purchase purchase = orders.purchase(new TicketPurchase(event, user, idempotencyKey), context)
                .toCompletableFuture()
                .join();
        return Responses.text(purchase.ticket().id().orElse(""));
    }
}
