package io.tollgate.runner;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Enforces of every limit the share of one of several gateways, which know nothing of what the others have let pass. */
final class ShareLimiter implements RateLimiter {
    private static final int MAX_LIMITS = 1_000;

    private final RateLimiter limiter;
    private final int replicas;
    private final ConcurrentMap<RateLimit, RateLimit> shares = new ConcurrentHashMap<>();

    ShareLimiter(RateLimiter limiter, int replicas) {
        this.limiter = limiter;
        this.replicas = replicas;
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        return limiter.decide(shareOf(check));
    }

    @Override
    public CompletionStage<RateLimitDecisions> decideAll(List<RateLimitCheck> checks) {
        return limiter.decideAll(checks.stream().map(this::shareOf).toList());
    }

    private RateLimitCheck shareOf(RateLimitCheck check) {
        RateLimit share = shares.get(check.limit());
        if (share == null) {
            share = new RateLimit(check.limit().bandwidths().stream()
                    .map(whole -> share(whole, replicas))
                    .toList());
            // Limits that a policy makes up request by request must not fill the memory.
            if (shares.size() >= MAX_LIMITS) {
                shares.clear();
            }
            shares.put(check.limit(), share);
        }
        return new RateLimitCheck(
                check.policy(),
                check.key(),
                share,
                Math.min(check.cost(), share.capacity()),
                check.shadow(),
                check.onOutage());
    }

    /** Of the capacity at least a token; of the refill at least a millionth of one. */
    static Bandwidth share(Bandwidth whole, int replicas) {
        return new Bandwidth(
                Math.max(1, whole.capacity() / replicas),
                Math.max(1, whole.refillMicros() / replicas),
                whole.period(),
                whole.refill());
    }
}
