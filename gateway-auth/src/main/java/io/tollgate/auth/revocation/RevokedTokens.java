package io.tollgate.auth.revocation;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * Access tokens that are refused before they expire. What is kept of a token is an id of 43 characters of
 * {@code A-Z a-z 0-9 _ -}: the SHA-256 of its {@code jti}, or of the whole token where it has none. Implementations are
 * thread-safe and never block the caller.
 */
public interface RevokedTokens {
    /**
     * Refuses a token from now on.
     *
     * @param tokenId 43 characters of {@code A-Z a-z 0-9 _ -}
     * @param until when the token is no longer good anyway, and may be forgotten
     * @return completes when every verification that begins here afterwards will know, and others soon will; fails where
     *     that cannot be had
     */
    CompletionStage<Void> revoke(String tokenId, Instant until);

    /**
     * Whether a token was revoked. Asked for each request, so it should be answered from memory.
     *
     * @return usually complete; fails where that cannot be told, and then the token is not accepted
     */
    CompletionStage<Boolean> isRevoked(String tokenId);
}
