package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import java.util.List;
import java.util.Map;

/** Ticket purchases. */
final class OrderEndpoints {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final OrderGateway orders;

    OrderEndpoints(OrderGateway orders) {
        this.orders = requireNonNull(orders, "orders");
    }

    /** Buys a ticket of the event in the path, for the user of the token. There may be a body; it says nothing. */
    Endpoint purchase() {
        return request -> {
            Principal user = request.principal().orElseThrow(); // The route is one that takes a token.
            String event = EventId.check(requireNonNull(request.match().parameter("event_id"), "event_id"));
            TicketPurchase purchase = new TicketPurchase(event, user.userId(), idempotencyKey(request));
            MediaType.requireJson(request);
            return Stages.flatMap(request.body(), body -> {
                if (body.length > 0) {
                    JsonBody.read(body);
                }
                return Guarding.charge(
                        request,
                        Map.of(),
                        charged -> orders.purchase(purchase, charged.context()).thenApply(OrderEndpoints::answer));
            });
        };
    }

    /** The client's key; without one a key for this request alone. */
    private static String idempotencyKey(Request request) {
        List<String> given = request.headers(IDEMPOTENCY_KEY);
        if (given.isEmpty()) {
            return RequestIds.random();
        }
        if (given.size() > 1 || !TicketPurchase.isIdempotencyKey(given.get(0))) {
            throw Fields.invalid(
                    CommonError.INVALID_REQUEST,
                    "The Idempotency-Key is not valid.",
                    List.of(new FieldViolation(
                            IDEMPOTENCY_KEY,
                            "INVALID_HEADER",
                            "must be one header of 1 to 255 visible ASCII characters")));
        }
        return given.get(0);
    }

    private static HttpResponse answer(Purchase purchase) {
        return HttpResponse.json(purchase.status() == Purchase.Status.CONFIRMED ? 200 : 202, Json.object(json -> {
            Ticket ticket = purchase.ticket();
            json.writeObjectFieldStart("ticket");
            if (ticket.id().isPresent()) {
                json.writeStringField("id", ticket.id().get());
            }
            json.writeStringField("eventId", ticket.eventId());
            json.writeStringField("userId", ticket.userId());
            json.writeStringField("status", ticket.status());
            if (ticket.createdAt().isPresent()) {
                json.writeStringField("createdAt", ticket.createdAt().get().toString());
            }
            json.writeEndObject();
        }));
    }
}
