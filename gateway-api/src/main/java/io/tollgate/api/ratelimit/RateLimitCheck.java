package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

/**
 * One question to a {@link RateLimiter}: may {@code key} spend {@code cost} tokens of {@code limit}?
 *
 * @param policy the name of the policy that asks, {@code [a-z0-9_-]{1,64}}; buckets of different policies are different
 * @param key whose bucket it is, such as {@code user:42}; not empty. Any characters, any length: limiters make it safe
 * @param limit what the key may do. Where it differs from an earlier check of the same key, the bucket keeps its fill
 *     ratio
 * @param cost the tokens to take, 0 to the capacity of {@code limit}. 0 asks without taking: allowed if a whole token is
 *     there
 * @param shadow whether the answer is only for the books: it is decided and counted and never refuses a request
 * @param onOutage what becomes of the check while a shared store cannot be asked
 */
public record RateLimitCheck(String policy, String key, RateLimit limit, long cost, boolean shadow, OnOutage onOutage) {
    public RateLimitCheck {
        requireNonNull(policy, "policy");
        requireNonNull(key, "key");
        requireNonNull(limit, "limit");
        requireNonNull(onOutage, "onOutage");
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

    /** One token of {@code limit} for {@code key}, enforced, and decided locally in an outage. */
    public static RateLimitCheck of(String policy, String key, RateLimit limit) {
        return new RateLimitCheck(policy, key, limit, 1, false, OnOutage.LOCAL);
    }

    /** The same at another cost. */
    public RateLimitCheck withCost(long tokens) {
        return new RateLimitCheck(policy, key, limit, tokens, shadow, onOutage);
    }

    /** The same, decided and counted but never refusing. */
    public RateLimitCheck asShadow() {
        return new RateLimitCheck(policy, key, limit, cost, true, onOutage);
    }

    /** The same, with another answer to an outage. */
    public RateLimitCheck withOnOutage(OnOutage answer) {
        return new RateLimitCheck(policy, key, limit, cost, shadow, answer);
    }

    /** Whether {@code name} can name a policy: {@code [a-z0-9_-]{1,64}}. */
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
