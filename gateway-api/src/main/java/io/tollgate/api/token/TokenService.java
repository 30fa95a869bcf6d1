package io.tollgate.api.token;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import java.util.concurrent.CompletionStage;

/**
 * Issues, verifies, refreshes and revokes tokens. Implementations are thread-safe; no method blocks, and stages complete
 * like {@link TokenVerifier#verify}. {@code TokenServiceContract} of {@code gateway-auth-testkit} tests an implementation.
 */
public interface TokenService extends TokenVerifier {
    /**
     * Issues an access token for {@code principal} and starts a new family of refresh tokens.
     *
     * @param context of the request; nothing is issued once it is cancelled or its deadline has passed
     */
    CompletionStage<TokenPair> issue(Principal principal, CallContext context);

    /** Issues tokens as {@link #issue(Principal, CallContext)} does, without a deadline. */
    default CompletionStage<TokenPair> issue(Principal principal) {
        return issue(principal, CallContext.create());
    }

    /**
     * Exchanges a refresh token, once, for a new pair. A used token that is presented again revokes its whole family
     * (RFC 9700, section 4.14.2), unless it is presented by a client that lost the response a moment ago.
     *
     * @param context of the request. An exchange that has not begun when the context is cancelled or its deadline passes
     *     never happens: it would use the token up after its client has left
     * @return fails with a {@link io.tollgate.api.GatewayException} of code {@code UNAUTHENTICATED} if the token is
     *     unknown, expired, revoked or used; of code {@code REQUEST_TIMEOUT} if the context ended first
     */
    CompletionStage<TokenPair> refresh(String refreshToken, CallContext context);

    /** Exchanges a refresh token as {@link #refresh(String, CallContext)} does, without a deadline. */
    default CompletionStage<TokenPair> refresh(String refreshToken) {
        return refresh(refreshToken, CallContext.create());
    }

    /** Revokes the family of a refresh token; does nothing for an unknown token (RFC 7009, section 2.2). */
    CompletionStage<Void> revoke(String refreshToken);

    /** Revokes every refresh token of a user. */
    CompletionStage<Void> revokeAll(String userId);
}
