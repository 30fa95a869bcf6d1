package io.tollgate.ratelimit.config;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.Policies;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads policies without a type, which {@link Policies} builds. */
final class StandardPolicy {
    private static final Scalar<Long> COST = Scalar.integer(0, Bandwidth.MAX_CAPACITY);
    private static final Scalar<String> TEXT = Scalar.text(256);

    private StandardPolicy() {}

    /** The limits by the value of a claim. */
    private record Tiers(String claim, Map<String, RateLimit> limits) {}

    /** Returns the policy; empty if there is a problem, which is noted. */
    static Optional<RateLimitPolicy> read(
            Place s,
            String name,
            Predicate<RateLimitContext> applies,
            boolean shadow,
            OnOutage onOutage,
            Map<String, ErrorCode> codes) {
        int before = s.problems();
        List<KeyField.Part> key = KeyField.read(s, "key");
        Optional<RateLimit> limit = s.take("limits").flatMap(LimitFields::read);
        Optional<Tiers> tiers = s.take("tiers").flatMap(StandardPolicy::tiers);
        long cost = s.take("cost", COST).orElse(1L);
        List<ErrorCode> chargeOn = s.list(
                "charge_on",
                "error codes",
                place -> place.oneOf(codes.keySet(), "an error code").map(codes::get));
        Phase phase = phase(s, key);
        s.noOtherFields();
        if (s.isSection() && !s.has("limits")) {
            s.problem("no limits (expected: limits, each " + LimitFields.EXPECTED + ")");
        }
        limit.ifPresent(l -> affordable(s, cost, l, tiers));
        if (s.problems() > before) {
            return Optional.empty();
        }
        Policies.Builder policy = Policies.named(name)
                .key(KeyField.joined(key).orElseGet(KeySelector::userOrAddress))
                .limit(limit.orElseThrow())
                .cost(cost)
                .phase(phase)
                .when(applies)
                .shadow(shadow)
                .onOutage(onOutage);
        tiers.ifPresent(t -> policy.tiers(t.claim(), t.limits()));
        if (!chargeOn.isEmpty()) {
            policy.chargeOnlyOn(chargeOn.get(0), chargeOn.toArray(ErrorCode[]::new));
        }
        return Optional.of(policy.build());
    }

    private static Phase phase(Place s, List<KeyField.Part> key) {
        Optional<Phase> set = s.take("phase", Scalar.choice(Phase.class));
        boolean inBody = key.stream().anyMatch(KeyField.Part::inBody);
        if (inBody && set.filter(Phase.REQUEST::equals).isPresent()) {
            s.problem("phase", "request (expected with the key account, which is in the body: body or outcome)");
        }
        return set.orElse(inBody ? Phase.BODY : Phase.REQUEST);
    }

    private static void affordable(Place s, long cost, RateLimit limit, Optional<Tiers> tiers) {
        long least = tiers.stream()
                .flatMap(t -> t.limits().values().stream())
                .mapToLong(RateLimit::capacity)
                .reduce(limit.capacity(), Math::min);
        if (cost > least) {
            s.problem("cost", cost + " (expected: 0 to the smallest capacity, " + least + ")");
        }
    }

    private static Optional<Tiers> tiers(Place s) {
        int before = s.problems();
        Optional<String> claim = s.take("claim", TEXT);
        Map<String, RateLimit> limits = new LinkedHashMap<>();
        s.take("limits")
                .ifPresent(byValue -> byValue.entries("a limit for each value of the claim")
                        .forEach((value, place) -> LimitFields.read(place).ifPresent(l -> limits.put(value, l))));
        s.noOtherFields();
        if (s.isSection() && !(s.has("claim") && s.has("limits"))) {
            s.problem("incomplete (expected: claim and limits)");
        }
        return s.problems() == before ? Optional.of(new Tiers(claim.orElseThrow(), limits)) : Optional.empty();
    }
}
