package io.tollgate.auth.revocation;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * Lists access tokens that are rejected before they expire. A token is known by an id of 43 characters of {@code A-Z
 * a-z 0-9 _ -}: the SHA-256 of its {@code jti}, or of its signed part, header and payload, if it has none. The signature does
 * not count, since some algorithms have several for the same text. Implementations are thread-safe
 * and never block the caller. {@code RevokedTokensContract} of {@code gateway-auth-testkit} tests an implementation.
 */
public interface RevokedTokens {
    /**
     * Adds a token to the list.
     *
     * @param tokenId 43 characters of {@code A-Z a-z 0-9 _ -}
     * @param until the end of the token, after which it may be dropped from the list
     * @return completes when every later verification with this list rejects the token, and verifications with other
     *     instances of the list soon will; fails if the token cannot be listed
     */
    CompletionStage<Void> revoke(String tokenId, Instant until);

    /**
     * Returns whether a token is on the list. Called for each request, once or twice, so the list should be in memory.
     *
     * @return usually complete. Fails if it is unknown whether the token is on the list; the token is then not accepted
     */
    CompletionStage<Boolean> isRevoked(String tokenId);
}
