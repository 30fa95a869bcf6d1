package io.tollgate.auth.refresh;

import io.tollgate.api.CallContext;
import java.util.concurrent.CompletionStage;

/**
 * Keeps families of refresh tokens. A family starts with a login; each use of its current token replaces that token,
 * which must never work again.
 *
 * <p>A store knows hashes, never tokens. Each method is atomic: of any number of concurrent {@link #rotate} calls that
 * present the same token, on any number of machines, exactly one results in {@link Rotation.Rotated}. Implementations
 * are thread-safe and never block the caller; their stages complete on a thread of the implementation, and fail if the
 * storage is unreachable. {@link #create} and {@link #rotate} that have not begun when their context {@linkplain
 * CallContext#ended() ends} fail, and never happen: a rotation after its client has left would make the client's next
 * attempt look like the use of a stolen token. A store may drop what has expired at any time. {@code RefreshTokenStoreContract} of
 * {@code gateway-auth-testkit} tests all of these promises:
 *
 * <pre>{@code
 * class JdbcRefreshTokenStoreTest extends RefreshTokenStoreContract {
 *     protected RefreshTokenStore store() {
 *         return new JdbcRefreshTokenStore(dataSource);
 *     }
 * }
 * }</pre>
 */
public interface RefreshTokenStore {
    /**
     * Keeps a new family and its first token.
     *
     * @param family the family, which each later rotation returns unchanged; its id is random and not in the store yet
     * @param context of the request
     */
    CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first, CallContext context);

    /**
     * Replaces the presented token, if it is the current one of a valid family, by its successor. In detail, the first
     * of these rules that applies:
     *
     * <ol>
     *   <li>The family is unknown, revoked, or past its {@link RefreshFamily#expiresAt()}, or the hash was never one of
     *       its tokens: {@link Rotation.Rejected}, and nothing changes.
     *   <li>The hash is that of the current token: {@link Rotation.Rejected} if the token is past its {@link
     *       RefreshTokenRecord#expiresAt()}, else {@link Rotation.Rotated}, and the successor is current.
     *   <li>The hash is that of the token which the current one replaced, less than {@link RotationRequest#grace()}
     *       ago: {@link Rotation.Repeated} with the {@link RotationRequest#sealedSuccessor()} of that rotation, and
     *       nothing changes.
     *   <li>The token was used before: {@link Rotation.Reused}, and the family is revoked.
     * </ol>
     *
     * <p>A store may drop a used token after 1,000 later ones of its family were used; the result is then {@link
     * Rotation.Rejected}.
     *
     * @param context of the request
     * @return fails if the context ended first, or if the storage does not respond. In the latter case the rotation may
     *     have taken effect; the same token then yields {@link Rotation.Repeated} within the grace
     */
    CompletionStage<Rotation> rotate(RotationRequest request, CallContext context);

    /** Revokes the family if the hash is that of one of its tokens, current or used; else does nothing. */
    CompletionStage<Void> revoke(String familyId, String tokenHash);

    /** Revokes every family of the user that was created before the call. */
    CompletionStage<Void> revokeAll(String userId);
}
