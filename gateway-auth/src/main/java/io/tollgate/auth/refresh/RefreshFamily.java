package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A login, as far as a {@link RefreshTokenStore} knows it.
 *
 * @param id 22 characters of {@code A-Z a-z 0-9 _ -}: 128 random bits, unique
 * @param userId the user of the tokens, never blank
 * @param principal the principal to issue access tokens for, in JSON. A store returns the text unchanged, and never
 *     logs it
 * @param expiresAt the end of the whole family, regardless of use
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

    /** Omits the principal, whose claims may be private. */
    @Override
    public String toString() {
        return "RefreshFamily[id=" + id + ", userId=" + userId + ", expiresAt=" + expiresAt + "]";
    }
}
