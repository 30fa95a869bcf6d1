package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

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

    /**
     * Returns a builder of a policy with that name, {@code [a-z0-9_-]{1,64}}. Its default bucket key is the user,
     * otherwise the address.
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * Returns the default policy of the HTTP contract, named {@code default}: each request costs its user, otherwise
     * its address, one token.
     */
    public static RateLimitPolicy standard(RateLimit limit) {
        return named("default").limit(limit).build();
    }

    /** Builds a policy. Not thread-safe. */
    public static final class Builder {
        final String name;
        KeySelector key = KeySelector.userOrAddress();

        @Nullable
        Function<RateLimitContext, RateLimit> limit;

        ToLongFunction<RateLimitContext> cost = context -> 1;
        Predicate<RateLimitContext> applies = context -> true;
        RateLimitContext.Phase phase = RateLimitContext.Phase.REQUEST;
        Set<ErrorCode> chargedOn = Set.of();
        boolean shadow;
        OnOutage onOutage = OnOutage.LOCAL;

        private Builder(String name) {
            if (!RateLimitCheck.isPolicyName(requireNonNull(name, "name"))) {
                throw new IllegalArgumentException("name: \"" + name + "\" (expected: [a-z0-9_-]{1,64})");
            }
            this.name = name;
        }

        /** Sets the selector of the bucket key; {@link KeySelector#userOrAddress} by default. */
        public Builder key(KeySelector selector) {
            this.key = requireNonNull(selector, "selector");
            return this;
        }

        /** Sets the limit of every bucket key; with {@link #tiers}, the limit of keys in no tier. */
        public Builder limit(RateLimit forAll) {
            this.limit = context -> forAll;
            return this;
        }

        /**
         * Sets a function that selects the limit of a request's bucket key. It should return the same limit for the
         * same key, since a bucket whose limit changes keeps its fill ratio.
         */
        public Builder limit(Function<RateLimitContext, RateLimit> byContext) {
            this.limit = requireNonNull(byContext, "byContext");
            return this;
        }

        /**
         * Sets limits by the value of a claim in the user's token. Call it after {@link #limit(RateLimit)}, which stays
         * the limit of users without that claim or with another value, and of requests without a user.
         */
        public Builder tiers(String claim, Map<String, RateLimit> limits) {
            requireNonNull(claim, "claim");
            Map<String, RateLimit> tiers = Map.copyOf(new LinkedHashMap<>(limits));
            Function<RateLimitContext, RateLimit> otherwise = limitOrThrow();
            this.limit = context -> {
                @Nullable
                RateLimit tier = context.principal()
                        .flatMap(user -> user.claim(claim))
                        .map(tiers::get)
                        .orElse(null);
                return tier != null ? tier : otherwise.apply(context);
            };
            return this;
        }

        /**
         * Sets the cost of a request in tokens; 1 by default. More than the capacity of the limit counts as the
         * capacity.
         */
        public Builder cost(long tokens) {
            if (tokens < 0) {
                throw new IllegalArgumentException("cost: " + tokens + " (expected: 0 or more)");
            }
            this.cost = context -> tokens;
            return this;
        }

        /**
         * Sets a function that returns the cost of a request in tokens. More than the capacity of the limit counts as
         * the capacity.
         */
        public Builder cost(ToLongFunction<RateLimitContext> byContext) {
            this.cost = requireNonNull(byContext, "byContext");
            return this;
        }

        /** Restricts the policy to requests that match. If there are several conditions, all must match. */
        public Builder when(Predicate<RateLimitContext> condition) {
            this.applies = applies.and(requireNonNull(condition, "condition"));
            return this;
        }

        /** Exempts requests that match. */
        public Builder exempt(Predicate<RateLimitContext> condition) {
            return when(requireNonNull(condition, "condition").negate());
        }

        /**
         * Sets the phase in which tokens are taken: {@link RateLimitContext.Phase#REQUEST}, by default,
         * {@link RateLimitContext.Phase#BODY}, or {@link RateLimitContext.Phase#OUTCOME}, which charges and never rejects.
         */
        public Builder phase(RateLimitContext.Phase when) {
            this.phase = requireNonNull(when, "when");
            return this;
        }

        /**
         * Charges only requests that end with one of these errors. Each request {@linkplain RateLimitCheck#reservedFor
         * reserves} its tokens in the policy's phase, and is rejected if there are not enough; a request that ends in
         * another way gets them back. In {@link RateLimitContext.Phase#OUTCOME} there is no reservation: requests with
         * these errors are charged then.
         */
        public Builder chargeOnlyOn(ErrorCode first, ErrorCode... more) {
            Set<ErrorCode> errors = new LinkedHashSet<>(List.of(more));
            errors.add(first);
            this.chargedOn = Set.copyOf(errors);
            return this;
        }

        /**
         * Sets whether the policy only decides and counts: it never rejects, and does not appear in headers. False by
         * default.
         */
        public Builder shadow(boolean on) {
            this.shadow = on;
            return this;
        }

        /** Sets the decision on checks while the shared store is unavailable; {@link OnOutage#LOCAL} by default. */
        public Builder onOutage(OnOutage behaviour) {
            this.onOutage = requireNonNull(behaviour, "behaviour");
            return this;
        }

        /**
         * Returns the policy.
         *
         * @throws IllegalStateException if no limit is set
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
