package io.tollgate.ratelimit.config;

import io.tollgate.api.ratelimit.RateLimitCheck;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds factories. */
final class Factories {
    private Factories() {}

    /** Returns the given factories and, if {@code discover} is set, the discovered factories of other types. */
    static Map<String, RateLimitPolicyFactory> byType(List<RateLimitPolicyFactory> given, boolean discover) {
        Map<String, RateLimitPolicyFactory> all = new TreeMap<>();
        if (discover) {
            try {
                ServiceLoader.load(RateLimitPolicyFactory.class).forEach(factory -> add(all, factory));
            } catch (ServiceConfigurationError e) {
                throw new IllegalStateException("rate limit policy factories: " + e.getMessage(), e);
            }
        }
        Map<String, RateLimitPolicyFactory> inCode = new TreeMap<>();
        given.forEach(factory -> add(inCode, factory));
        all.putAll(inCode);
        return all;
    }

    private static void add(Map<String, RateLimitPolicyFactory> factories, RateLimitPolicyFactory factory) {
        String type = factory.type();
        if (!RateLimitCheck.isPolicyName(type)) {
            throw new IllegalStateException(
                    "type: \"" + type + "\" of " + factory.getClass().getName() + " (expected: [a-z0-9_-]{1,64})");
        }
        @Nullable RateLimitPolicyFactory other = factories.putIfAbsent(type, factory);
        if (other != null) {
            throw new IllegalStateException(
                    "type: \"" + type + "\" of " + other.getClass().getName() + " and "
                            + factory.getClass().getName() + " (expected: one factory for each type)");
        }
    }
}
