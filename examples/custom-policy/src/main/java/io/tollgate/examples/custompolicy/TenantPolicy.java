package io.tollgate.examples.custompolicy;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.List;

/** Charges tenants, by a header that a proxy in front sets: five tokens for a write, one for a read. */
public record TenantPolicy(String name, String header, RateLimit limit) implements RateLimitPolicy {
    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        long cost = context.method().equals("GET") ? 1 : 5;
        return context.header(header)
                .map(tenant ->
                        RateLimitCheck.of(name, "tenant:" + tenant, limit).withCost(cost))
                .map(List::of)
                .orElse(List.of());
    }
}
