package io.tollgate.auth.revocation;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.JwtTokenService;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Results of lists and of verifiers that use them. */
final class Outcomes {
    private Outcomes() {}

    static String issue(JwtTokenService tokens) {
        return join(tokens.issue(Principal.of("u"))).accessToken();
    }

    static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** Empty if the token was accepted. */
    static Optional<ErrorCode> rejection(CompletionStage<AccessToken> stage) {
        return stage.handle((value, failure) -> Optional.ofNullable(failure)
                        .map(e -> GatewayException.from(e).code()))
                .toCompletableFuture()
                .join();
    }
}
