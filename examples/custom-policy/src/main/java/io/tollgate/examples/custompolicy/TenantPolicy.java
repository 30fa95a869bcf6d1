package io.tollgate.examples.custompolicy;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.List;

/** Charges tenants, by a header that a proxy in front sets: five tokens for a write, one for a read. */
public final class TenantPolicy implements RateLimitPolicy {
    private static final RateLimit LIMIT = RateLimit.perSecond(50).and(RateLimit.perDay(100_000));

    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        long cost = context.method().equals("GET") ? 1 : 5;
        return context.header("X-Tenant")
                .map(tenant ->
                        RateLimitCheck.of("tenant", "tenant:" + tenant, LIMIT).withCost(cost))
                .map(List::of)
                .orElse(List.of());
    }
}
