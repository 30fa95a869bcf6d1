package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a client is given to act as a user.
 *
 * @param accessToken the access token, not empty
 * @param refreshToken the refresh token; absent where the issuer does not rotate and the old one stays valid
 */
public record TokenPair(String accessToken, Optional<String> refreshToken) {
    public TokenPair {
        requireNonNull(accessToken, "accessToken");
        requireNonNull(refreshToken, "refreshToken");
        if (accessToken.isEmpty() || refreshToken.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException("accessToken, refreshToken: (expected: not empty)");
        }
    }

    /** An access token and its refresh token. */
    public static TokenPair of(String accessToken, String refreshToken) {
        return new TokenPair(accessToken, Optional.of(refreshToken));
    }

    /** Says that there are tokens and not which. */
    @Override
    public String toString() {
        return "TokenPair[accessToken=<redacted>, refreshToken=" + (refreshToken.isPresent() ? "<redacted>" : "none")
                + "]";
    }
}
