package io.tollgate.api.order;

import static java.util.Objects.requireNonNull;

/**
 * A wish for one ticket.
 *
 * @param eventId the event, 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}
 * @param userId who buys
 * @param idempotencyKey 1 to 255 visible ASCII characters. Purchases of one user with the same key buy at most one
 *     ticket, at services that know the field
 */
public record TicketPurchase(String eventId, String userId, String idempotencyKey) {
    public TicketPurchase {
        requireNonNull(eventId, "eventId");
        requireNonNull(userId, "userId");
        requireNonNull(idempotencyKey, "idempotencyKey");
    }
}
