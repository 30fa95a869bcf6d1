package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * One login, as far as a {@link RefreshTokenStore} must know it.
 *
 * @param id 22 characters of {@code A-Z a-z 0-9 _ -}: 128 random bits, unique
 * @param userId whose tokens these are, never blank
 * @param principal whom to issue access tokens for, as JSON: for the store it is text to give back unchanged; not for logs
 * @param expiresAt when the whole family ends, however much it is used
 */
public record RefreshFamily(String id, String userId, String principal, Instant expiresAt) {
    public RefreshFamily {
        requireNonNull(id, "id");
        requireNonNull(userId, "userId");
        requireNonNull(principal, "principal");
        requireNonNull(expiresAt, "expiresAt");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id: \"\" (expected: not empty)");
        }
        if (userId.isBlank()) {
            throw new IllegalArgumentException("userId: \"" + userId + "\" (expected: not blank)");
        }
    }

    /** Leaves the principal out, whose claims may be private. */
    @Override
    public String toString() {
        return "RefreshFamily[id=" + id + ", userId=" + userId + ", expiresAt=" + expiresAt + "]";
    }
}
