package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Channel;
import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The order service over gRPC ({@code order.OrderService}). Thread-safe; never blocks.
 *
 * <p>Stages complete on the thread on which the channel delivers: with an {@link Upstream} its event loop, which
 * dependents must not block; or on the thread that calls or cancels.
 */
public final class GrpcOrderGateway implements OrderGateway {
    private static final String CONFIRMED = "confirmed";
    private static final String QUEUED = "queued";
    private static final Duration QUEUE_FULL_WAIT = Duration.ofSeconds(5);

    private final Calls calls;

    /** Speaks over the connection of {@code upstream}, which stays the caller's to close. */
    public GrpcOrderGateway(Upstream upstream) {
        this.calls = upstream.calls();
    }

    /** Speaks over {@code channel}, which stays the caller's to close, with 5 seconds for a call and no circuit breaker. */
    public GrpcOrderGateway(Channel channel) {
        this(channel, Calls.DEFAULT_DEADLINE);
    }

    /**
     * Speaks over {@code channel}, which stays the caller's to close, with no circuit breaker; whether calls are retried
     * is up to the channel.
     *
     * @param deadline how long a call may take, 1 millisecond to 1 hour; an earlier deadline of the context wins
     */
    public GrpcOrderGateway(Channel channel, Duration deadline) {
        this.calls = new Calls("order-service", channel, deadline, Breaker.OFF);
    }

    @Override
    public CompletionStage<Purchase> purchase(TicketPurchase purchase, CallContext context) {
        PurchaseRequest request = PurchaseRequest.newBuilder()
                .setEventId(purchase.eventId())
                .setUserId(purchase.userId())
                .setIdempotencyKey(purchase.idempotencyKey())
                .build();
        return calls.unary(
                OrderServiceGrpc.getPurchaseTicketMethod(),
                request,
                requireNonNull(context, "context"),
                answer -> outcome(answer, purchase),
                GrpcErrors::of);
    }

    private Purchase outcome(PurchaseResponse answer, TicketPurchase asked) {
        return switch (answer.getStatus()) {
            case CONFIRMED -> new Purchase(Purchase.Status.CONFIRMED, ticket(answer, asked, CONFIRMED));
            case QUEUED ->
                new Purchase(
                        answer.getTicket().getStatus().equals(CONFIRMED)
                                ? Purchase.Status.CONFIRMED
                                : Purchase.Status.QUEUED,
                        ticket(answer, asked, QUEUED));
            case SOLD_OUT -> throw GatewayException.of(OrderError.SOLD_OUT, "The event is sold out.");
            case ALREADY_IN_QUEUE ->
                throw GatewayException.of(OrderError.ALREADY_IN_QUEUE, "You are in the queue for this event already.");
            case QUEUE_FULL ->
                throw GatewayException.builder(
                                OrderError.QUEUE_FULL, "The queue for this event is full; try again later.")
                        .retryAfter(QUEUE_FULL_WAIT)
                        .build();
            case ERROR, UNRECOGNIZED ->
                throw GrpcErrors.fault(
                        calls.name(OrderServiceGrpc.getPurchaseTicketMethod()),
                        "answered with status number " + answer.getStatusValue(),
                        null);
        };
    }

    /** The ticket, with what is missing in it filled from the request. */
    private static Ticket ticket(PurchaseResponse answer, TicketPurchase asked, String status) {
        io.tollgate.grpc.order.Ticket ticket = answer.getTicket();
        Optional<Instant> createdAt =
                ticket.hasCreatedAt() ? Timestamps.instant(ticket.getCreatedAt()) : Optional.empty();
        return new Ticket(
                Optional.of(ticket.getId()).filter(id -> !id.isEmpty()),
                either(ticket.getEventId(), asked.eventId()),
                either(ticket.getUserId(), asked.userId()),
                either(ticket.getStatus(), status),
                createdAt);
    }

    private static String either(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }
}
