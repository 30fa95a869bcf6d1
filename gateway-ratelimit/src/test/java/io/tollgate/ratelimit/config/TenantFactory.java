package io.tollgate.ratelimit.config;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.List;

/** {@code {name: tenants, type: tenant, header: X-Tenant, limit: 1000/day}}; found by the ServiceLoader. */
public final class TenantFactory implements RateLimitPolicyFactory {
    @Override
    public String type() {
        return "tenant";
    }

    @Override
    public RateLimitPolicy create(PolicySettings settings) {
        String name = settings.name();
        String header = settings.text("header");
        RateLimit limit = settings.limit("limit", RateLimit.perDay(1_000));
        return context -> context.header(header)
                .map(tenant -> List.of(RateLimitCheck.of(name, "tenant:" + tenant, limit)))
                .orElse(List.of());
    }
}
