package io.tollgate.api.guard;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.ArrayList;
import java.util.List;

/** Policies by the phases in which they are asked. */
final class PhasePolicies {
    final List<RateLimitPolicy> all;
    private final RateLimitPolicy[][] byPhase;

    PhasePolicies(List<RateLimitPolicy> policies) {
        this.all = List.copyOf(policies);
        this.byPhase = new RateLimitPolicy[Phase.values().length][];
        for (Phase phase : Phase.values()) {
            byPhase[phase.ordinal()] =
                    all.stream().filter(p -> p.phases().contains(phase)).toArray(RateLimitPolicy[]::new);
        }
    }

    boolean isEmptyIn(Phase phase) {
        return byPhase[phase.ordinal()].length == 0;
    }

    /** The checks of all policies of the context's phase. What a policy throws is thrown. */
    List<RateLimitCheck> checks(RateLimitContext context) {
        List<RateLimitCheck> checks = List.of();
        boolean own = false;
        for (RateLimitPolicy policy : byPhase[context.phase().ordinal()]) {
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
}
