package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A token, as far as a {@link RefreshTokenStore} knows it.
 *
 * @param hash SHA-256 of the token, 43 characters of {@code A-Z a-z 0-9 _ -}
 * @param expiresAt the end of the token if it is not used
 */
public record RefreshTokenRecord(String hash, Instant expiresAt) {
    public RefreshTokenRecord {
        requireNonNull(hash, "hash");
        requireNonNull(expiresAt, "expiresAt");
        requireHash(hash, "hash");
    }

    static void requireHash(String hash, String name) {
        if (hash.length() != 43) {
            throw new IllegalArgumentException(name + ": " + hash.length() + " characters (expected: 43)");
        }
    }
}
