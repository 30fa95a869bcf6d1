package io.tollgate.runner.auth;

import io.tollgate.auth.JwtTokenService;
import io.tollgate.runner.http.Logout;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Logs out by revoking tokens. */
record TokenLogout(JwtTokenService tokens, boolean revokesAccessTokens) implements Logout {
    @Override
    public CompletionStage<Void> logout(String refreshToken, Optional<String> accessToken) {
        // The family first: it is what lives for weeks.
        return tokens.revoke(refreshToken)
                .thenCompose(done -> revokesAccessTokens && accessToken.isPresent()
                        ? tokens.revokeAccessToken(accessToken.get())
                        : CompletableFuture.completedStage(null));
    }
}
