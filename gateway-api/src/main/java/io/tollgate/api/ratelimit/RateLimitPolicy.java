package io.tollgate.api.ratelimit;

import java.util.List;
import java.util.Set;

/**
 * Decides what a request is charged for: facts in, checks out. A lambda is a policy that is asked once, before the body
 * is read:
 *
 * <pre>{@code
 * RateLimit daily = RateLimit.perDay(1_000);
 * RateLimitPolicy perUser = facts -> facts.principal()
 *         .map(user -> List.of(RateLimitCheck.of("daily", "user:" + user.userId(), daily)))
 *         .orElse(List.of());
 * }</pre>
 *
 * <p>Policies are called on I/O threads, by many threads at once, and must not block. One that throws fails its request.
 */
@FunctionalInterface
public interface RateLimitPolicy {
    /** What to ask for this request in {@link RequestFacts#phase()}; empty when the policy does not apply. */
    List<RateLimitCheck> checks(RequestFacts facts);

    /**
     * When the policy is asked. One that charges by outcome (a failed login) typically asks with cost 0 in
     * {@link RequestFacts.Phase#REQUEST} and charges in {@link RequestFacts.Phase#OUTCOME}.
     */
    default Set<RequestFacts.Phase> phases() {
        return Set.of(RequestFacts.Phase.REQUEST);
    }
}
