package io.tollgate.examples.policy;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RequestFacts;
import java.util.List;

/** Partners name themselves in a header. Each has 100 tokens a minute, of which a purchase costs five. */
final class PartnerLimit implements RateLimitPolicy {
    private final RateLimit limit = RateLimit.perMinute(100);

    @Override
    public List<RateLimitCheck> checks(RequestFacts facts) {
        boolean purchase =
                facts.route().filter(route -> route.endsWith("/purchase")).isPresent();
        return facts.header("X-Partner")
                .map(partner -> RateLimitCheck.of("partners", "partner:" + partner, limit))
                .map(check -> List.of(purchase ? check.withCost(5) : check))
                .orElse(List.of());
    }
}
