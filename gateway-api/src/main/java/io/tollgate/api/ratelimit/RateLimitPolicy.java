package io.tollgate.api.ratelimit;

import java.util.List;
import java.util.Set;

/**
 * Selects the checks of a request. A lambda is a policy that applies once, before the body is read:
 *
 * <pre>{@code
 * RateLimit daily = RateLimit.perDay(1_000);
 * RateLimitPolicy perUser = context -> context.principal()
 *         .map(user -> List.of(RateLimitCheck.of("daily", "user:" + user.userId(), daily)))
 *         .orElse(List.of());
 * }</pre>
 *
 * <p>Policies are called on I/O threads, by many threads at once, and must not block. If one throws, its request fails.
 */
@FunctionalInterface
public interface RateLimitPolicy {
    /** Returns the checks of this request in {@link RateLimitContext#phase()}; empty if the policy does not apply. */
    List<RateLimitCheck> checks(RateLimitContext context);

    /**
     * Returns the name that operators see, {@code [a-z0-9_-]{1,64}}; {@code custom} by default. By convention, it is
     * also the name of the policy's checks.
     */
    default String name() {
        return "custom";
    }

    /**
     * Returns the same policy with a name for operators. Use it to name a lambda:
     *
     * <pre>{@code
     * RateLimitPolicy.named("tenant", context -> List.of(RateLimitCheck.of("tenant", tenantOf(context), limit)));
     * }</pre>
     *
     * @param name {@code [a-z0-9_-]{1,64}}
     * @param policy selects the checks and the phases
     */
    static RateLimitPolicy named(String name, RateLimitPolicy policy) {
        return new NamedPolicy(name, policy);
    }

    /**
     * Returns the phases in which the policy applies; by default only {@link RateLimitContext.Phase#REQUEST}. A policy
     * that charges by the outcome (a failed login) makes a {@linkplain RateLimitCheck#reservedFor reservation} in an
     * early phase.
     */
    default Set<RateLimitContext.Phase> phases() {
        return Set.of(RateLimitContext.Phase.REQUEST);
    }
}
