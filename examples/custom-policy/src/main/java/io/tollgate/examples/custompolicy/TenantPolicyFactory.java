package io.tollgate.examples.custompolicy;

import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.config.PolicySettings;
import io.tollgate.ratelimit.config.RateLimitPolicyFactory;

/** Makes a {@link TenantPolicy} of each policy of {@code type: tenant} in the configuration. */
public final class TenantPolicyFactory implements RateLimitPolicyFactory {
    @Override
    public String type() {
        return "tenant";
    }

    @Override
    public RateLimitPolicy create(PolicySettings settings) {
        return new TenantPolicy(settings.name(), settings.text("header"), settings.limit("limits"));
    }
}
