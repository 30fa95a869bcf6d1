package io.tollgate.auth.refresh;

import java.util.concurrent.CompletionStage;

/**
 * Where the families of refresh tokens live. A family starts with a login; each use of its current token replaces it, and
 * a token that was replaced must never work again.
 *
 * <p>A store sees hashes, never tokens. Each method is atomic: of any number of concurrent {@link #rotate} calls that
 * present the same token, on any number of machines, exactly one is answered {@link Rotation.Rotated}. Implementations
 * are thread-safe and never block the caller; their stages complete on a thread of the implementation, and fail where
 * the store cannot be reached. A store may drop what has expired at any time. {@code RefreshTokenStoreContract}, in this
 * module's test artifact, has all of these promises as tests.
 */
public interface RefreshTokenStore {
    /**
     * Keeps a new family and its first token.
     *
     * @param family what must come back from each later rotation; its id is random and not in the store yet
     */
    CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first);

    /**
     * Replaces the presented token, if it is the current one of a live family, by its successor; in detail, the first
     * that applies of:
     *
     * <ol>
     *   <li>the family is unknown, revoked, or past its {@link RefreshFamily#expiresAt()}, or the hash was never one of
     *       its tokens: {@link Rotation.Refused}, and nothing changes;
     *   <li>the hash is that of the current token: {@link Rotation.Refused} if that is past its
     *       {@link RefreshTokenRecord#expiresAt()}, else {@link Rotation.Rotated}, and the successor is current;
     *   <li>the hash is that of the token which the current one replaced, less than {@link RotationRequest#grace()} ago:
     *       {@link Rotation.Repeated} with what that rotation left as {@link RotationRequest#sealedSuccessor()}, and
     *       nothing changes;
     *   <li>the token was used before: {@link Rotation.Reused}, and the family is revoked.
     * </ol>
     *
     * <p>A store may forget that a token was used once 1,000 later ones of its family were; it then answers
     * {@link Rotation.Refused}.
     */
    CompletionStage<Rotation> rotate(RotationRequest request);

    /** Revokes the family if the hash is that of one of its tokens, current or used; else does nothing. */
    CompletionStage<Void> revoke(String familyId, String tokenHash);

    /** Revokes every family of the user that was created before the call. */
    CompletionStage<Void> revokeAll(String userId);
}
