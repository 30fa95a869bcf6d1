package io.tollgate.api.token;

import java.util.concurrent.CompletionStage;

/** Checks access tokens. Implementations are thread-safe. */
@FunctionalInterface
public interface TokenVerifier {
    /**
     * Checks signature, lifetime and everything else that makes a token valid. Never blocks.
     *
     * @param token the token alone, without the {@code Bearer} scheme
     * @return what the token says; already completed where the key is at hand, else completed on a thread of the
     *     implementation, which dependents must not block. Fails with a {@link io.tollgate.api.GatewayException} of
     *     code {@code TOKEN_EXPIRED}, {@code INVALID_TOKEN} or {@code INVALID_TOKEN_FORMAT}; or
     *     {@code SERVICE_UNAVAILABLE} where the keys cannot be had
     */
    CompletionStage<AccessToken> verify(String token);
}
