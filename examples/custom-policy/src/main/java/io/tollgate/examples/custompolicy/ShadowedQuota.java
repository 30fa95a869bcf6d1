package io.tollgate.examples.custompolicy;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.Matchers;
import io.tollgate.ratelimit.Policies;
import java.util.Map;

/** A daily quota for each user, of ready-made parts: tried out in shadow, before it refuses anybody. */
public final class ShadowedQuota {
    private ShadowedQuota() {}

    /** A thousand requests a day, a hundred thousand for the plan {@code gold}; our own machines do not count. */
    public static RateLimitPolicy daily() {
        return Policies.named("daily")
                .key(KeySelector.user())
                .limit(RateLimit.perDay(1_000))
                .tiers("plan", Map.of("gold", RateLimit.perDay(100_000)))
                .exempt(Matchers.addressIn("10.0.0.0/8"))
                .shadow(true)
                .build();
    }
}
