package io.tollgate.runner;

import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.LoginProtection;
import io.tollgate.ratelimit.Policies;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.routes.ApiRoute;
import java.util.ArrayList;
import java.util.List;

/** Makes the policies of a configuration. */
final class ConfiguredPolicies {
    private ConfiguredPolicies() {}

    /** Returns the default policy, unless it is off, and then {@code rate_limit.policies} in their order. */
    static List<RateLimitPolicy> of(GatewayConfig config) {
        OnOutage onOutage = config.rateLimit().onOutage();
        List<RateLimitPolicy> policies = new ArrayList<>();
        if (config.rateLimit().defaultPolicy()) {
            policies.add(Policies.named("default")
                    .limit(RateLimit.of(config.redis().tokenBucket()))
                    .onOutage(onOutage)
                    .build());
        }
        policies.addAll(config.rateLimit().policies().policies(onOutage));
        return List.copyOf(policies);
    }

    /** Returns the protection of logins, if it is on. It knows who attacks: make it once. */
    static List<RateLimitPolicy> loginProtection(GatewayConfig config) {
        GatewayConfig.BruteForce bruteForce = config.auth().bruteForce();
        if (!bruteForce.enabled()) {
            return List.of();
        }
        return List.of(LoginProtection.builder()
                .routes(ApiRoute.LOGIN.template())
                .accountAttribute("account")
                .window(bruteForce.window())
                .addressFailures(bruteForce.addressFailures())
                .accountFailures(bruteForce.accountFailures())
                .accountDelay(bruteForce.accountDelay())
                .replicas(config.rateLimit().replicas())
                .build());
    }
}
