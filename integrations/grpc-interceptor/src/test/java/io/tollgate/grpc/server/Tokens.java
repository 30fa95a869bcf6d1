package io.tollgate.grpc.server;

import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import java.util.Map;
import java.util.Set;

/** Tokens of the tests. */
final class Tokens {
    private static final String SECRET = "a secret of the tests, 32 bytes or more";
    private static final JwtTokenService ISSUER =
            JwtTokenService.builder().secret(SECRET).build();

    private Tokens() {}

    static TokenVerifier verifier() {
        return JwtVerifier.builder().secret(SECRET).build();
    }

    /** Returns the value of {@code authorization} for a user. */
    static String bearer(String user, String... roles) {
        Principal principal = new Principal(user, Set.of(), Set.of(roles), Map.of());
        return "Bearer " + ISSUER.issue(principal).toCompletableFuture().join().accessToken();
    }
}
