package io.tollgate.ratelimit;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The policy of a {@link Policies.Builder}. */
final class BuiltPolicy implements RateLimitPolicy {
    private final String name;
    private final KeySelector key;
    private final Function<RateLimitContext, RateLimit> limit;
    private final ToLongFunction<RateLimitContext> cost;
    private final Predicate<RateLimitContext> applies;
    private final Phase phase;
    private final Set<ErrorCode> chargedOn;
    private final boolean shadow;
    private final OnOutage onOutage;
    private final Set<Phase> phases;

    BuiltPolicy(Policies.Builder builder) {
        this.name = builder.name;
        this.key = builder.key;
        this.limit = builder.limitOrThrow();
        this.cost = builder.cost;
        this.applies = builder.applies;
        this.phase = builder.phase;
        this.chargedOn = builder.chargedOn;
        this.shadow = builder.shadow;
        this.onOutage = builder.onOutage;
        this.phases = Set.of(phase);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Phase> phases() {
        return phases;
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        if (phase != context.phase() || !charges(context) || !applies.test(context)) {
            return List.of();
        }
        Optional<String> bucket = key.key(context);
        if (bucket.isEmpty()) {
            return List.of();
        }
        RateLimit applied = limit.apply(context);
        long tokens = Math.min(cost.applyAsLong(context), applied.capacity());
        // At the outcome there is nothing to wait for: the tokens are charged.
        Set<ErrorCode> reservedFor = phase == Phase.OUTCOME ? Set.of() : chargedOn;
        return List.of(new RateLimitCheck(name, bucket.get(), applied, tokens, shadow, onOutage, reservedFor));
    }

    private boolean charges(RateLimitContext context) {
        return phase != Phase.OUTCOME
                || chargedOn.isEmpty()
                || context.error().map(chargedOn::contains).orElse(false);
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[" + name + (shadow ? ", shadow" : "") + "]";
    }
}
