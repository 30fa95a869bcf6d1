package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import java.util.Set;

/**
 * A request to a {@link RateLimiter} to take {@code cost} tokens of the {@code limit} of {@code key}.
 *
 * @param policy the name of the policy, {@code [a-z0-9_-]{1,64}}; each policy has its own buckets
 * @param key the bucket key, such as {@code user:42}; not empty. Any characters and any length: limiters encode or
 *     digest it
 * @param limit the limit of the key. If it differs from an earlier check of the same key, the bucket keeps its fill
 *     ratio
 * @param cost the tokens to take, 0 to the capacity of {@code limit}. A check at cost 0 takes nothing and is allowed if
 *     a whole token is left
 * @param shadow true if the decision is only counted and never rejects a request
 * @param onOutage the decision while the shared store is unavailable
 * @param chargedOn empty for a charge. Otherwise this is a reservation: the tokens are taken now, kept if the request
 *     ends with one of these errors or its end is unknown, and refunded if it ends in any other way
 */
public record RateLimitCheck(
        String policy,
        String key,
        RateLimit limit,
        long cost,
        boolean shadow,
        OnOutage onOutage,
        Set<ErrorCode> chargedOn) {
    public RateLimitCheck {
        requireNonNull(policy, "policy");
        requireNonNull(key, "key");
        requireNonNull(limit, "limit");
        requireNonNull(onOutage, "onOutage");
        chargedOn = Set.copyOf(chargedOn);
        if (!isPolicyName(policy)) {
            throw new IllegalArgumentException("policy: \"" + policy + "\" (expected: [a-z0-9_-]{1,64})");
        }
        if (key.isEmpty()) {
            throw new IllegalArgumentException("key: \"\" (expected: not empty)");
        }
        if (cost < 0 || cost > limit.capacity()) {
            throw new IllegalArgumentException(
                    "cost: " + cost + " (expected: 0 to the capacity, " + limit.capacity() + ")");
        }
    }

    /** Returns a check for one token of {@code limit}, which is enforced, and decided locally during an outage. */
    public static RateLimitCheck of(String policy, String key, RateLimit limit) {
        return new RateLimitCheck(policy, key, limit, 1, false, OnOutage.LOCAL, Set.of());
    }

    /** Returns the same check with another cost. */
    public RateLimitCheck withCost(long tokens) {
        return new RateLimitCheck(policy, key, limit, tokens, shadow, onOutage, chargedOn);
    }

    /** Returns the same check with another limit; a cost beyond its capacity becomes its capacity. */
    public RateLimitCheck withLimit(RateLimit other) {
        return new RateLimitCheck(policy, key, other, Math.min(cost, other.capacity()), shadow, onOutage, chargedOn);
    }

    /** Returns the same check, which is decided and counted but never rejects. */
    public RateLimitCheck asShadow() {
        return new RateLimitCheck(policy, key, limit, cost, true, onOutage, chargedOn);
    }

    /** Returns the same check with another decision during an outage. */
    public RateLimitCheck withOnOutage(OnOutage behaviour) {
        return new RateLimitCheck(policy, key, limit, cost, shadow, behaviour, chargedOn);
    }

    /**
     * Returns the same check as a reservation, which is kept if the request ends with one of these errors or its end is
     * unknown, and refunded otherwise.
     *
     * @param errors not empty
     */
    public RateLimitCheck reservedFor(Set<? extends ErrorCode> errors) {
        if (errors.isEmpty()) {
            throw new IllegalArgumentException("errors: none (expected: at least one)");
        }
        return new RateLimitCheck(policy, key, limit, cost, shadow, onOutage, Set.copyOf(errors));
    }

    /** Returns whether the tokens are only reserved until the end of the request. */
    public boolean isReservation() {
        return !chargedOn.isEmpty();
    }

    /** Returns whether {@code name} can name a policy: {@code [a-z0-9_-]{1,64}}. */
    public static boolean isPolicyName(String name) {
        int length = name.length();
        if (length == 0 || length > 64) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
                return false;
            }
        }
        return true;
    }
}
