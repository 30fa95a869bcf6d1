package io.tollgate.api.order;

import io.tollgate.api.CallContext;
import java.util.concurrent.CompletionStage;

/**
 * Calls the order service. Implementations are thread-safe and never block. Stages complete on a thread of the
 * implementation, which dependents must not block, and fail with a {@link io.tollgate.api.GatewayException}. A call
 * ends when its context is cancelled or the deadline passes. {@code OrderGatewayContract} of {@code gateway-testkit} tests an
 * implementation.
 */
@FunctionalInterface
public interface OrderGateway {
    /**
     * Buys one ticket, or a place in the queue for one.
     *
     * @return fails with {@code SOLD_OUT}, {@code ALREADY_IN_QUEUE}, {@code QUEUE_FULL} (with a time to retry after),
     *     {@code IDEMPOTENCY_KEY_REUSED}, or {@code RESOURCE_NOT_FOUND} if there is no such event
     */
    CompletionStage<Purchase> purchase(TicketPurchase purchase, CallContext context);
}
