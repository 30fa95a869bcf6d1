package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ready-made rate limit policies.
 *
 * <pre>{@code
 * RateLimitPolicy daily = Policies.named("daily")
 *         .key(KeySelector.user())
 *         .limit(RateLimit.perDay(1_000).and(RateLimit.perSecond(10)))
 *         .tiers("plan", Map.of("gold", RateLimit.perDay(100_000)))
 *         .exempt(Matchers.addressIn("10.0.0.0/8"))
 *         .shadow(true)
 *         .build();
 * }</pre>
 */
public final class Policies {
    private Policies() {}

    /** Starts a policy of that name, {@code [a-z0-9_-]{1,64}}, keyed by user, otherwise by address. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The contract's default policy, {@code default}: every request costs a token of its user, otherwise its address. */
    public static RateLimitPolicy standard(RateLimit limit) {
        return named("default").limit(limit).build();
    }

    /**
     * {@code failed-logins}: a login or registration is refused while its account has no token left, and costs one only
     * when it is answered {@link CommonError#UNAUTHENTICATED}.
     *
     * @param routes the templates of the routes that log in, such as {@code /api/v1/users/login}
     */
    public static RateLimitPolicy failedLogins(RateLimit limit, String... routes) {
        return named("failed-logins")
                .key(KeySelector.attribute("account"))
                .when(Matchers.route(routes))
                .limit(limit)
                .phase(RateLimitContext.Phase.BODY)
                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                .build();
    }

    /** Builds a policy. Not thread-safe. */
    public static final class Builder {
        final String name;
        KeySelector key = KeySelector.userOrAddress();

        @Nullable
        Function<RateLimitContext, RateLimit> limit;

        ToLongFunction<RateLimitContext> cost = facts -> 1;
        Predicate<RateLimitContext> applies = facts -> true;
        RateLimitContext.Phase phase = RateLimitContext.Phase.REQUEST;
        Set<ErrorCode> chargedErrors = Set.of();
        boolean shadow;
        OnOutage onOutage = OnOutage.LOCAL;

        private Builder(String name) {
            if (!RateLimitCheck.isPolicyName(requireNonNull(name, "name"))) {
                throw new IllegalArgumentException("name: \"" + name + "\" (expected: [a-z0-9_-]{1,64})");
            }
            this.name = name;
        }

        /** Whose bucket is charged; {@link KeySelector#userOrAddress} by default. */
        public Builder key(KeySelector selector) {
            this.key = requireNonNull(selector, "selector");
            return this;
        }

        /** What every key may do; with {@link #tiers}, those that are in none. */
        public Builder limit(RateLimit forAll) {
            this.limit = facts -> forAll;
            return this;
        }

        /** What the key of this request may do, chosen by its facts. One key had better get one answer. */
        public Builder limit(Function<RateLimitContext, RateLimit> byFacts) {
            this.limit = requireNonNull(byFacts, "byFacts");
            return this;
        }

        /**
         * Lets a claim of the user's token choose the limit; to be called after {@link #limit(RateLimit)}, which those
         * without that claim, or with another value, keep.
         */
        public Builder tiers(String claim, Map<String, RateLimit> limits) {
            requireNonNull(claim, "claim");
            Map<String, RateLimit> tiers = Map.copyOf(new LinkedHashMap<>(limits));
            Function<RateLimitContext, RateLimit> otherwise = limitOrThrow();
            this.limit = facts -> {
                @Nullable
                RateLimit tier = facts.principal()
                        .flatMap(user -> user.claim(claim))
                        .map(tiers::get)
                        .orElse(null);
                return tier != null ? tier : otherwise.apply(facts);
            };
            return this;
        }

        /** Tokens that a request costs; 1 by default. More than the limit's capacity counts as the capacity. */
        public Builder cost(long tokens) {
            if (tokens < 0) {
                throw new IllegalArgumentException("cost: " + tokens + " (expected: 0 or more)");
            }
            this.cost = facts -> tokens;
            return this;
        }

        /** Tokens that a request costs, by its facts. More than the limit's capacity counts as the capacity. */
        public Builder cost(ToLongFunction<RateLimitContext> byFacts) {
            this.cost = requireNonNull(byFacts, "byFacts");
            return this;
        }

        /** Applies the policy only to requests that match; several conditions must all match. */
        public Builder when(Predicate<RateLimitContext> condition) {
            this.applies = applies.and(requireNonNull(condition, "condition"));
            return this;
        }

        /** Takes requests that match out of the policy. */
        public Builder exempt(Predicate<RateLimitContext> condition) {
            return when(requireNonNull(condition, "condition").negate());
        }

        /**
         * When to ask: {@link RateLimitContext.Phase#REQUEST}, by default, or {@link RateLimitContext.Phase#BODY}; or
         * {@link RateLimitContext.Phase#OUTCOME}, to charge without ever refusing.
         */
        public Builder phase(RateLimitContext.Phase when) {
            this.phase = requireNonNull(when, "when");
            return this;
        }

        /**
         * Charges only requests that fail with one of these errors, when their answer is known. Before, the policy asks
         * without taking, and refuses where no whole token is left.
         */
        public Builder chargeOnlyOn(ErrorCode first, ErrorCode... more) {
            Set<ErrorCode> errors = new LinkedHashSet<>(List.of(more));
            errors.add(first);
            this.chargedErrors = Set.copyOf(errors);
            return this;
        }

        /** Decide and count, but never refuse, and tell clients nothing; off by default. */
        public Builder shadow(boolean on) {
            this.shadow = on;
            return this;
        }

        /** What to do while a shared store of buckets cannot be asked; {@link OnOutage#LOCAL} by default. */
        public Builder onOutage(OnOutage answer) {
            this.onOutage = requireNonNull(answer, "answer");
            return this;
        }

        /**
         * The policy.
         *
         * @throws IllegalStateException without a limit
         */
        public RateLimitPolicy build() {
            return new BuiltPolicy(this);
        }

        Function<RateLimitContext, RateLimit> limitOrThrow() {
            if (limit == null) {
                throw new IllegalStateException("limit: none (expected: limit(...) before tiers(...) and build())");
            }
            return limit;
        }
    }
}
