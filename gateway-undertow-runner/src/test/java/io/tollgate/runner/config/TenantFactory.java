package io.tollgate.runner.config;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.config.PolicySettings;
import io.tollgate.ratelimit.config.RateLimitPolicyFactory;
import java.util.List;

/** A type of policies that an operator adds to the class path: {@code {name: tenants, type: tenant, header: X-Tenant}}. */
public final class TenantFactory implements RateLimitPolicyFactory {
    @Override
    public String type() {
        return "tenant";
    }

    @Override
    public RateLimitPolicy create(PolicySettings settings) {
        String name = settings.name();
        String header = settings.text("header");
        RateLimit limit = settings.limit("limits");
        return context -> context.header(header)
                .map(tenant -> List.of(RateLimitCheck.of(name, "tenant:" + tenant, limit)))
                .orElse(List.of());
    }
}
