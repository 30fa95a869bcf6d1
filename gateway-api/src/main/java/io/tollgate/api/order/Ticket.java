package io.tollgate.api.order;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A ticket.
 *
 * @param id absent if the order service has not issued it yet
 * @param status {@code confirmed}, {@code queued}, or another status of the service
 * @param createdAt absent if the order service has not issued the ticket yet
 */
public record Ticket(Optional<String> id, String eventId, String userId, String status, Optional<Instant> createdAt) {
    public Ticket {
        requireNonNull(id, "id");
        requireNonNull(eventId, "eventId");
        requireNonNull(userId, "userId");
        requireNonNull(status, "status");
        requireNonNull(createdAt, "createdAt");
    }
}
