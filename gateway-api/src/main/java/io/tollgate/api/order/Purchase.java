package io.tollgate.api.order;

import static java.util.Objects.requireNonNull;

/**
 * An accepted purchase.
 *
 * @param status the state of the purchase: bought or queued
 * @param ticket the ticket; if the service sends none, the fields that the request has
 */
public record Purchase(Status status, Ticket ticket) {
    public Purchase {
        requireNonNull(status, "status");
        requireNonNull(ticket, "ticket");
    }

    /** The state of a purchase. */
    public enum Status {
        /** The ticket is bought. */
        CONFIRMED,
        /** The purchase waits in the queue. */
        QUEUED
    }
}
