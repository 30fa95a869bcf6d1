package io.tollgate.api.token;

import io.tollgate.api.Principal;
import java.util.concurrent.CompletionStage;

/**
 * Issues, verifies, refreshes and revokes tokens. Implementations are thread-safe; no method blocks, and stages complete
 * like {@link TokenVerifier#verify}.
 */
public interface TokenService extends TokenVerifier {
    /** Issues an access token for {@code principal} and starts a new family of refresh tokens. */
    CompletionStage<TokenPair> issue(Principal principal);

    /**
     * Exchanges a refresh token, once, for a new pair. A used token that is presented again revokes its whole family
     * (RFC 9700, section 4.14.2).
     *
     * @return fails with a {@link io.tollgate.api.GatewayException} of code {@code UNAUTHENTICATED} if the token is
     *     unknown, expired, revoked or used
     */
    CompletionStage<TokenPair> refresh(String refreshToken);

    /** Revokes the family of a refresh token; does nothing for an unknown token (RFC 7009, section 2.2). */
    CompletionStage<Void> revoke(String refreshToken);

    /** Revokes every refresh token of a user. */
    CompletionStage<Void> revokeAll(String userId);
}
