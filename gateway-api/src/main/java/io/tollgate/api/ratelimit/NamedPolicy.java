package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;

/** A policy with another name. */
record NamedPolicy(String name, RateLimitPolicy policy) implements RateLimitPolicy {
    NamedPolicy {
        requireNonNull(policy, "policy");
        if (!RateLimitCheck.isPolicyName(requireNonNull(name, "name"))) {
            throw new IllegalArgumentException("name: \"" + name + "\" (expected: [a-z0-9_-]{1,64})");
        }
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        return policy.checks(context);
    }

    @Override
    public Set<RateLimitContext.Phase> phases() {
        return policy.phases();
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[" + name + "]";
    }
}
