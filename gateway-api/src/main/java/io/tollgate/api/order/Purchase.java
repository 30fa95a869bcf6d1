package io.tollgate.api.order;

import static java.util.Objects.requireNonNull;

/**
 * A purchase that was accepted.
 *
 * @param status whether the ticket is bought or waited for
 * @param ticket the ticket; where the service sends none, what is known of it from the request
 */
public record Purchase(Status status, Ticket ticket) {
    public Purchase {
        requireNonNull(status, "status");
        requireNonNull(ticket, "ticket");
    }

    /** How far a purchase got. */
    public enum Status {
        /** The ticket is bought. */
        CONFIRMED,
        /** The wish waits in the queue. */
        QUEUED
    }
}
