package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies by the phases in which they apply. */
final class PhasePolicies {
    final List<RateLimitPolicy> all;
    private final Map<Phase, RateLimitPolicy[]> byPhase = new EnumMap<>(Phase.class);

    private PhasePolicies(List<RateLimitPolicy> policies) {
        this.all = List.copyOf(policies);
        for (Phase phase : Phase.values()) {
            byPhase.put(
                    phase, all.stream().filter(p -> p.phases().contains(phase)).toArray(RateLimitPolicy[]::new));
        }
    }

    /** Returns policies that end with {@code protection}, unless they have one of their own or it is null. */
    static PhasePolicies of(List<RateLimitPolicy> policies, @Nullable TokenProtection protection) {
        if (protection == null || policies.stream().anyMatch(TokenProtection.class::isInstance)) {
            return new PhasePolicies(policies);
        }
        List<RateLimitPolicy> all = new ArrayList<>(policies);
        all.add(protection);
        return new PhasePolicies(all);
    }

    boolean isEmptyIn(Phase phase) {
        return of(phase).length == 0;
    }

    /** Returns the checks of all policies in the context's phase. Throws what a policy throws. */
    List<RateLimitCheck> checks(RateLimitContext context) {
        List<RateLimitCheck> checks = List.of();
        boolean own = false;
        for (RateLimitPolicy policy : of(context.phase())) {
            List<RateLimitCheck> more = policy.checks(context);
            if (checks.isEmpty()) {
                checks = more;
            } else if (!more.isEmpty()) {
                if (!own) {
                    checks = new ArrayList<>(checks);
                    own = true;
                }
                checks.addAll(more);
            }
        }
        return checks;
    }

    private RateLimitPolicy[] of(Phase phase) {
        return requireNonNull(byPhase.get(phase), "phase");
    }
}
