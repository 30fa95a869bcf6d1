package io.tollgate.examples.services.order;

import java.time.Instant;
import java.util.UUID;

/** A ticket as the database has it. */
record TicketRecord(UUID id, String eventId, String userId, Instant createdAt) {}
