package io.tollgate.runner;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.LoginProtection;
import io.tollgate.ratelimit.Matchers;
import io.tollgate.ratelimit.Policies;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.PolicyConfig;
import io.tollgate.runner.http.Routes;
import java.util.ArrayList;
import java.util.List;

/** Makes the policies that a configuration describes. */
final class ConfiguredPolicies {
    private ConfiguredPolicies() {}

    /** The default policy, where it is asked, and then {@code rate_limit.policies} in their order. */
    static List<RateLimitPolicy> of(GatewayConfig config) {
        OnOutage onOutage = config.rateLimit().onOutage();
        List<RateLimitPolicy> policies = new ArrayList<>();
        if (config.rateLimit().defaultPolicy()) {
            policies.add(Policies.named("default")
                    .limit(RateLimit.of(config.redis().tokenBucket()))
                    .onOutage(onOutage)
                    .build());
        }
        for (PolicyConfig policy : config.rateLimit().policies()) {
            policies.add(policy(policy, onOutage));
        }
        return List.copyOf(policies);
    }

    /** Returns the protection of logins, if it is on. It knows who attacks: make it once. */
    static List<RateLimitPolicy> loginProtection(GatewayConfig config) {
        GatewayConfig.BruteForce bruteForce = config.auth().bruteForce();
        if (!bruteForce.enabled()) {
            return List.of();
        }
        return List.of(LoginProtection.builder()
                .routes(Routes.LOGIN)
                .accountAttribute("account")
                .window(bruteForce.window())
                .addressFailures(bruteForce.addressFailures())
                .accountFailures(bruteForce.accountFailures())
                .accountDelay(bruteForce.accountDelay())
                .replicas(config.rateLimit().replicas())
                .build());
    }

    private static RateLimitPolicy policy(PolicyConfig config, OnOutage otherwise) {
        Policies.Builder policy = Policies.named(config.name())
                .key(key(config.key()))
                .limit(config.limit())
                .cost(config.cost())
                .phase(config.phase())
                .shadow(config.shadow())
                .onOutage(config.onOutage().orElse(otherwise));
        config.tiers().ifPresent(tiers -> policy.tiers(tiers.claim(), tiers.limits()));
        if (!config.routes().isEmpty()) {
            policy.when(Matchers.route(config.routes().toArray(String[]::new)));
        }
        if (!config.methods().isEmpty()) {
            policy.when(Matchers.method(config.methods().toArray(String[]::new)));
        }
        if (!config.chargeOn().isEmpty()) {
            ErrorCode[] codes = config.chargeOn().toArray(ErrorCode[]::new);
            policy.chargeOnlyOn(codes[0], codes);
        }
        exempt(policy, config.exempt());
        return policy.build();
    }

    private static void exempt(Policies.Builder policy, PolicyConfig.Exempt exempt) {
        if (!exempt.addresses().isEmpty()) {
            policy.exempt(Matchers.addressIn(
                    exempt.addresses().stream().map(Object::toString).toArray(String[]::new)));
        }
        if (!exempt.users().isEmpty()) {
            policy.exempt(Matchers.user(exempt.users().toArray(String[]::new)));
        }
        exempt.roles().forEach(role -> policy.exempt(Matchers.role(role)));
        exempt.claims()
                .forEach((claim, values) -> values.forEach(value -> policy.exempt(Matchers.claim(claim, value))));
    }

    private static KeySelector key(List<PolicyConfig.Key> parts) {
        return parts.stream()
                .map(ConfiguredPolicies::key)
                .reduce(KeySelector::and)
                .orElseGet(KeySelector::userOrAddress);
    }

    private static KeySelector key(PolicyConfig.Key part) {
        return switch (part.kind()) {
            case USER -> KeySelector.user();
            case USER_OR_ADDRESS -> KeySelector.userOrAddress();
            case ADDRESS -> KeySelector.address();
            case ROUTE -> KeySelector.route();
            case GLOBAL -> KeySelector.global();
            case ACCOUNT -> KeySelector.attribute("account");
            case HEADER -> KeySelector.header(part.name().orElseThrow());
            case CLAIM -> KeySelector.claim(part.name().orElseThrow());
        };
    }
}
