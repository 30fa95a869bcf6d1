package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What a {@link RefreshTokenStore} keeps of a token.
 *
 * @param hash SHA-256 of the token, 43 characters of {@code A-Z a-z 0-9 _ -}
 * @param expiresAt when the token ends if it is not used
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
