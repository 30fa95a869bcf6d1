package io.tollgate.ratelimit.config;

import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A policy of a factory, with the fields that all policies have.
 *
 * @param onOutage the decision during an outage for all its checks, if set
 * @param defaultOnOutage the decision during an outage for those of its checks that have {@link OnOutage#LOCAL}
 */
record TypedPolicy(
        String name,
        String type,
        RateLimitPolicy policy,
        Predicate<RateLimitContext> applies,
        boolean shadow,
        Optional<OnOutage> onOutage,
        OnOutage defaultOnOutage)
        implements RateLimitPolicy {
    @Override
    public Set<RateLimitContext.Phase> phases() {
        return policy.phases();
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        if (!applies.test(context)) {
            return List.of();
        }
        List<RateLimitCheck> checks = policy.checks(context);
        List<RateLimitCheck> changed = new ArrayList<>(checks.size());
        for (RateLimitCheck check : checks) {
            RateLimitCheck other = shadow && !check.shadow() ? check.asShadow() : check;
            OnOutage behaviour =
                    onOutage.orElse(check.onOutage() == OnOutage.LOCAL ? defaultOnOutage : check.onOutage());
            changed.add(other.onOutage() == behaviour ? other : other.withOnOutage(behaviour));
        }
        return changed;
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[" + name + ", " + type + (shadow ? ", shadow" : "") + "]";
    }
}
