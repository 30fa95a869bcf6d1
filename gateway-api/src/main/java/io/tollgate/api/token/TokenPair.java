package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The tokens with which a client acts as a user.
 *
 * @param accessToken the access token, not empty
 * @param refreshToken the refresh token; absent if the issuer does not rotate and the old one stays valid
 */
public record TokenPair(String accessToken, Optional<String> refreshToken) {
    public TokenPair {
        requireNonNull(accessToken, "accessToken");
        requireNonNull(refreshToken, "refreshToken");
        if (accessToken.isEmpty() || refreshToken.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException("accessToken, refreshToken: (expected: not empty)");
        }
    }

    /** Returns an access token with its refresh token. */
    public static TokenPair of(String accessToken, String refreshToken) {
        return new TokenPair(accessToken, Optional.of(refreshToken));
    }

    /** Returns which tokens there are, redacted. */
    @Override
    public String toString() {
        return "TokenPair[accessToken=<redacted>, refreshToken=" + (refreshToken.isPresent() ? "<redacted>" : "none")
                + "]";
    }
}
