package io.tollgate.servlet;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Guards of the tests. */
final class Guards {
    /** Accepts the tokens {@code ann} and {@code root}, who has the role {@code admin}. */
    static final TokenVerifier TOKENS = token -> switch (token) {
        case "ann", "root" ->
            CompletableFuture.completedStage(new AccessToken(
                    new Principal(token, Set.of("read"), token.equals("root") ? Set.of("admin") : Set.of(), Map.of()),
                    Optional.empty(),
                    Instant.MAX));
        default -> CompletableFuture.failedStage(GatewayException.of(CommonError.INVALID_TOKEN, "No."));
    };

    private Guards() {}

    /** Limits each user or address to so many requests. */
    static RequestGuard limiting(TestLimiter limiter, long capacity) {
        return RequestGuard.builder()
                .limiter(limiter, List.of(perClient(capacity)))
                .build();
    }

    /** Authenticates, and limits each user or address to so many requests. */
    static RequestGuard authenticating(TestLimiter limiter, long capacity) {
        return RequestGuard.builder()
                .tokens(TOKENS)
                .withoutTokenProtection()
                .limiter(limiter, List.of(perClient(capacity)))
                .build();
    }

    /** Reserves a token for each request that ends with status 401. */
    static RequestGuard reserving(TestLimiter limiter) {
        return RequestGuard.builder()
                .limiter(
                        limiter,
                        List.of(context -> List.of(RateLimitCheck.of("guesses", "all", RateLimit.perHour(100))
                                .reservedFor(Set.of(CommonError.UNAUTHENTICATED)))))
                .build();
    }

    static RateLimitPolicy perClient(long capacity) {
        return context -> List.of(RateLimitCheck.of("default", client(context), RateLimit.perHour(capacity)));
    }

    private static String client(RateLimitContext context) {
        return context.principal().map(user -> "user:" + user.userId()).orElseGet(context::addressKey);
    }
}
