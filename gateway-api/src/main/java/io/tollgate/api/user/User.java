package io.tollgate.api.user;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * An account.
 *
 * @param createdAt absent if the user service does not report it
 * @param updatedAt absent if the user service does not report it
 */
public record User(String id, String email, String username, Optional<Instant> createdAt, Optional<Instant> updatedAt) {
    public User {
        requireNonNull(id, "id");
        requireNonNull(email, "email");
        requireNonNull(username, "username");
        requireNonNull(createdAt, "createdAt");
        requireNonNull(updatedAt, "updatedAt");
    }
}
