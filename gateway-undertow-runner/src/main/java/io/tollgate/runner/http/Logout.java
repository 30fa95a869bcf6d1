package io.tollgate.runner.http;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Ends what a login began, where the gateway issues the tokens itself. Thread-safe, never blocks. */
@FunctionalInterface
public interface Logout {
    /**
     * Revokes the family of a refresh token and, where access tokens can be revoked, the access token that came with it.
     * Tokens that are not good any more, or never were, are no failure (RFC 7009, section 2.2).
     */
    CompletionStage<Void> logout(String refreshToken, Optional<String> accessToken);
}
