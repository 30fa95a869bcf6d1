package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The policy {@code bad-tokens}: charges an address for each malformed or forged token that it sends, and rejects its
 * bad tokens with 429 when there were too many. It does not affect requests of that address with a valid token, or with
 * one that has merely expired.
 *
 * <p>A {@link RequestGuard} with tokens and a limiter has this policy by default.
 */
public final class TokenProtection implements RateLimitPolicy {
    private static final String NAME = "bad-tokens";
    static final Set<CommonError> GUESSES = Set.of(CommonError.INVALID_TOKEN, CommonError.INVALID_TOKEN_FORMAT);

    private final RateLimit limit;

    private TokenProtection(RateLimit limit) {
        this.limit = requireNonNull(limit, "limit");
    }

    /** Returns the default: 20 bad tokens in 15 minutes. */
    public static TokenProtection standard() {
        return of(RateLimit.per(Duration.ofMinutes(15), 20));
    }

    /**
     * Returns a policy with another limit.
     *
     * @param badTokens the bad tokens that an address may send
     */
    public static TokenProtection of(RateLimit badTokens) {
        return new TokenProtection(badTokens);
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        return context.tokenError().filter(GUESSES::contains).isPresent()
                ? List.of(RateLimitCheck.of(NAME, context.addressKey(), limit).reservedFor(GUESSES))
                : List.of();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[" + NAME + "]";
    }
}
