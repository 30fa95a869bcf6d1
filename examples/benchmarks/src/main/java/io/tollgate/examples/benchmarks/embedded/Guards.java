package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.util.List;

/** The guards of the variants: with a limit in this process that no run reaches. */
final class Guards {
    private Guards() {}

    /** Returns the guard of a variant other than the bare one. */
    static RequestGuard of(String variant, String secret) {
        RequestGuard.Builder guard = RequestGuard.builder()
                .limiter(
                        LocalRateLimiter.builder().build(),
                        List.of(Policies.standard(RateLimit.perSecond(1_000_000_000))));
        return switch (variant) {
            case Server.LIMITED -> guard.build();
            case Server.AUTHENTICATED ->
                guard.tokens(JwtVerifier.builder().secret(secret).build()).build();
            default ->
                throw new IllegalArgumentException("variant: " + variant + " (expected: " + Server.BARE + ", "
                        + Server.LIMITED + " or " + Server.AUTHENTICATED + ")");
        };
    }
}
