package io.tollgate.api.order;

import static java.util.Objects.requireNonNull;

/**
 * A request to buy one ticket.
 *
 * @param eventId the event, 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}
 * @param userId the user who buys, not blank
 * @param idempotencyKey 1 to 255 visible ASCII characters. Purchases of one user with the same key buy at most one
 *     ticket, if the service supports the field
 */
public record TicketPurchase(String eventId, String userId, String idempotencyKey) {
    public TicketPurchase {
        requireNonNull(eventId, "eventId");
        requireNonNull(userId, "userId");
        requireNonNull(idempotencyKey, "idempotencyKey");
        if (!isEventId(eventId)) {
            throw new IllegalArgumentException("eventId: (expected: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -)");
        }
        if (userId.isBlank()) {
            throw new IllegalArgumentException("userId: blank (expected: the id of a user)");
        }
        if (!isIdempotencyKey(idempotencyKey)) {
            throw new IllegalArgumentException("idempotencyKey: (expected: 1 to 255 visible ASCII characters)");
        }
    }

    /** Returns whether {@code candidate} can be the id of an event: 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}. */
    public static boolean isEventId(String candidate) {
        int length = candidate.length();
        if (length == 0 || length > 128) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = candidate.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '.' && c != '_' && c != '~' && c != '-') {
                return false;
            }
        }
        return true;
    }

    /** Returns whether {@code candidate} can be an idempotency key: 1 to 255 visible ASCII characters (0x21 to 0x7E). */
    public static boolean isIdempotencyKey(String candidate) {
        int length = candidate.length();
        if (length == 0 || length > 255) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = candidate.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }
}
