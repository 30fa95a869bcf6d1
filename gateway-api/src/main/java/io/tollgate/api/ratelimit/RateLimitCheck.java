package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import java.util.Set;

/**
 * One question to a {@link RateLimiter}: may {@code key} spend {@code cost} tokens of {@code limit}?
 *
 * @param policy the name of the policy that asks, {@code [a-z0-9_-]{1,64}}; buckets of different policies are different
 * @param key the bucket key, such as {@code user:42}; not empty. Any characters, any length: limiters make it safe
 * @param limit the limit of the key. If it differs from an earlier check of the same key, the bucket keeps its fill ratio
 * @param cost the tokens to take, 0 to the capacity of {@code limit}. 0 asks without taking: allowed if a whole token is
 *     there
 * @param shadow whether the decision is counted only and never rejects a request
 * @param onOutage what happens while a shared store cannot be asked
 * @param chargedOn empty for a charge. Otherwise this is a reservation: the tokens are taken now, kept if the request ends
 *     with one of these errors or its end stays unknown, and refunded if it ends in any other way
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

    /** A check without a reservation. */
    public RateLimitCheck(String policy, String key, RateLimit limit, long cost, boolean shadow, OnOutage onOutage) {
        this(policy, key, limit, cost, shadow, onOutage, Set.of());
    }

    /** Returns a check for one token of {@code limit}, enforced, and decided locally in an outage. */
    public static RateLimitCheck of(String policy, String key, RateLimit limit) {
        return new RateLimitCheck(policy, key, limit, 1, false, OnOutage.LOCAL, Set.of());
    }

    /** Returns the same check at another cost. */
    public RateLimitCheck withCost(long tokens) {
        return new RateLimitCheck(policy, key, limit, tokens, shadow, onOutage, chargedOn);
    }

    /** Returns the same check with another limit; a cost beyond its capacity becomes its capacity. */
    public RateLimitCheck withLimit(RateLimit other) {
        return new RateLimitCheck(policy, key, other, Math.min(cost, other.capacity()), shadow, onOutage, chargedOn);
    }

    /** Returns the same check, decided and counted but never rejecting. */
    public RateLimitCheck asShadow() {
        return new RateLimitCheck(policy, key, limit, cost, true, onOutage, chargedOn);
    }

    /** Returns the same check with another behaviour in an outage. */
    public RateLimitCheck withOnOutage(OnOutage behaviour) {
        return new RateLimitCheck(policy, key, limit, cost, shadow, behaviour, chargedOn);
    }

    /**
     * Returns the same check as a reservation, which is kept if the request ends with one of these errors or its end stays
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

    /** Returns whether the tokens are only reserved until the request has ended. */
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
