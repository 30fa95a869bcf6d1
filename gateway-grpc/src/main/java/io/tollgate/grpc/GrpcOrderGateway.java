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
    /**
     * The full name of the purchase method. {@linkplain UpstreamBuilder#retry Retry} it only if the service honours idempotency
     * keys: a purchase that failed with {@code UNAVAILABLE} may have reached it.
     */
    public static final String PURCHASE =
            OrderServiceGrpc.getPurchaseTicketMethod().getFullMethodName();

    private static final String CONFIRMED = "confirmed";
    private static final String QUEUED = "queued";
    private static final Duration QUEUE_FULL_WAIT = Duration.ofSeconds(5);

    private final Calls calls;

    /** Calls over the connection of {@code upstream}, which stays the caller's to close. */
    public GrpcOrderGateway(Upstream upstream) {
        this.calls = upstream.calls();
    }

    /** Calls over {@code channel}, which stays the caller's to close, with 5 seconds for a call and no circuit breaker. */
    public GrpcOrderGateway(Channel channel) {
        this(channel, Calls.DEFAULT_DEADLINE);
    }

    /**
     * Calls over {@code channel}, which stays the caller's to close, with no circuit breaker; retries are up to the channel.
     *
     * @param deadline the time that a call may take, 1 millisecond to 1 hour; an earlier deadline of the context wins
     */
    public GrpcOrderGateway(Channel channel, Duration deadline) {
        this.calls = Calls.of("order-service", channel, deadline, Breaker.off());
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
                response -> outcome(response, purchase),
                GrpcErrors::of);
    }

    private static Purchase outcome(PurchaseResponse response, TicketPurchase asked) {
        return switch (response.getStatus()) {
            case CONFIRMED -> new Purchase(Purchase.Status.CONFIRMED, ticket(response, asked, CONFIRMED));
            case QUEUED ->
                new Purchase(
                        response.getTicket().getStatus().equals(CONFIRMED)
                                ? Purchase.Status.CONFIRMED
                                : Purchase.Status.QUEUED,
                        ticket(response, asked, QUEUED));
            case SOLD_OUT -> throw error(OrderError.SOLD_OUT).build();
            case ALREADY_IN_QUEUE -> throw error(OrderError.ALREADY_IN_QUEUE).build();
            case QUEUE_FULL ->
                throw error(OrderError.QUEUE_FULL).retryAfter(QUEUE_FULL_WAIT).build();
            case ERROR, UNRECOGNIZED ->
                throw new UnusableResponseException("responded with status number " + response.getStatusValue());
        };
    }

    private static GatewayException.Builder error(OrderError code) {
        return GatewayException.builder(code, FixedMessages.of(code));
    }

    /**
     * Returns the ticket, with missing fields filled from the request.
     *
     * @throws UnusableResponseException if it belongs to another user or event than those of the request
     */
    private static Ticket ticket(PurchaseResponse response, TicketPurchase asked, String status) {
        io.tollgate.grpc.order.Ticket ticket = response.getTicket();
        expect("user", asked.userId(), ticket.getUserId(), ticket);
        expect("event", asked.eventId(), ticket.getEventId(), ticket);
        Optional<Instant> createdAt =
                ticket.hasCreatedAt() ? Timestamps.instant(ticket.getCreatedAt()) : Optional.empty();
        return new Ticket(
                Optional.of(ticket.getId()).filter(id -> !id.isEmpty()),
                either(ticket.getEventId(), asked.eventId()),
                either(ticket.getUserId(), asked.userId()),
                either(ticket.getStatus(), status),
                createdAt);
    }

    private static void expect(String what, String asked, String got, io.tollgate.grpc.order.Ticket ticket) {
        if (!got.isEmpty() && !got.equals(asked)) {
            throw new UnusableResponseException("responded with ticket \"" + OneLine.of(ticket.getId()) + "\" of "
                    + what + " \"" + OneLine.of(got) + "\" (expected: \"" + OneLine.of(asked) + "\")");
        }
    }

    private static String either(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }
}
