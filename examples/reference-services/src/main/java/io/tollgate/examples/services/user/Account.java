package io.tollgate.examples.services.user;

import java.time.Instant;
import java.util.UUID;

/** A user as the database has them. Its {@code toString} leaves the hash out. */
record Account(UUID id, String email, String username, String passwordHash, Instant createdAt, Instant updatedAt) {
    @Override
    public String toString() {
        return "Account[id=" + id + "]";
    }
}
