package io.tollgate.api.token;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Verifies access tokens. Implementations are thread-safe.
 *
 * <pre>{@code
 * TokenVerifier opaqueTokens = token -> sessions.find(token)
 *         .thenApply(session -> session.orElseThrow(() ->
 *                 GatewayException.of(CommonError.INVALID_TOKEN, "The access token is invalid.")))
 *         .thenApply(session -> new AccessToken(session.user(), Optional.empty(), session.expiresAt()));
 * }</pre>
 */
@FunctionalInterface
public interface TokenVerifier {
    /**
     * Verifies the signature, the lifetime and all other conditions of a valid token. Never blocks.
     *
     * @param token the token alone, without the {@code Bearer} scheme
     * @return the content of the token; already completed if the signing key is at hand, else completed on a thread of
     *     the implementation, which dependents must not block. Fails with a {@link io.tollgate.api.GatewayException} of
     *     code {@code TOKEN_EXPIRED}, {@code INVALID_TOKEN} or {@code INVALID_TOKEN_FORMAT}; or {@code
     *     SERVICE_UNAVAILABLE} if the keys are unreachable
     */
    CompletionStage<AccessToken> verify(String token);

    /**
     * Returns the token if it was verified before and is still valid, without verifying a signature; never blocks.
     * Empty by default, which is always correct. A guard calls this first, since it costs next to nothing.
     */
    default Optional<AccessToken> cached(String token) {
        return Optional.empty();
    }

    /**
     * Returns whether verifying this token may be costly: an asymmetric signature (about 0.1 to 1.3 ms of CPU), or a
     * call to another process. A guard limits these verifications by address. True by default. Cheap; never blocks.
     */
    default boolean isCostly(String token) {
        return true;
    }
}
