package io.tollgate.ratelimit;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** What {@link Policies.Builder} makes. */
final class BuiltPolicy implements RateLimitPolicy {
    private final String name;
    private final KeySelector key;
    private final Function<RateLimitContext, RateLimit> limit;
    private final ToLongFunction<RateLimitContext> cost;
    private final Predicate<RateLimitContext> applies;
    private final Phase phase;
    private final Set<ErrorCode> chargedErrors;
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
        this.chargedErrors = builder.chargedErrors;
        this.shadow = builder.shadow;
        this.onOutage = builder.onOutage;
        EnumSet<Phase> asked = EnumSet.of(phase);
        if (!chargedErrors.isEmpty()) {
            asked.add(Phase.OUTCOME);
        }
        this.phases = Set.copyOf(asked);
    }

    @Override
    public Set<Phase> phases() {
        return phases;
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext facts) {
        if (!phases.contains(facts.phase()) || !applies.test(facts)) {
            return List.of();
        }
        boolean byOutcome = !chargedErrors.isEmpty();
        boolean asksOnly = byOutcome && facts.phase() != Phase.OUTCOME;
        if (byOutcome
                && !asksOnly
                && !facts.error().map(chargedErrors::contains).orElse(false)) {
            return List.of();
        }
        Optional<String> bucket = key.key(facts);
        if (bucket.isEmpty()) {
            return List.of();
        }
        RateLimit applied = limit.apply(facts);
        long tokens = asksOnly ? 0 : Math.min(cost.applyAsLong(facts), applied.capacity());
        return List.of(new RateLimitCheck(name, bucket.get(), applied, tokens, shadow, onOutage));
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[" + name + (shadow ? ", shadow" : "") + "]";
    }
}
