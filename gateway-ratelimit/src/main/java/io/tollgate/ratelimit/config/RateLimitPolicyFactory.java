package io.tollgate.ratelimit.config;

import io.tollgate.api.ratelimit.RateLimitPolicy;

/**
 * Makes policies of one type from configuration. With this factory,
 * {@code {name: tenants, type: tenant, header: X-Tenant, limits: 1000/day}} is a policy:
 *
 * <pre>{@code
 * public final class TenantPolicyFactory implements RateLimitPolicyFactory {
 *     public String type() {
 *         return "tenant";
 *     }
 *
 *     public RateLimitPolicy create(PolicySettings settings) {
 *         String header = settings.text("header");
 *         RateLimit limit = settings.limit("limits");
 *         String name = settings.name();
 *         return context -> context.header(header)
 *                 .map(tenant -> List.of(RateLimitCheck.of(name, "tenant:" + tenant, limit)))
 *                 .orElse(List.of());
 *     }
 * }
 * }</pre>
 *
 * <p>Pass a factory to {@link PolicyReader.Builder#factory}, or let {@link java.util.ServiceLoader} find it: name the class in
 * {@code META-INF/services/io.tollgate.ratelimit.config.RateLimitPolicyFactory}, or in {@code provides} of a module.
 */
public interface RateLimitPolicyFactory {
    /** Returns the value of {@code type} in the configuration: {@code [a-z0-9_-]{1,64}}. */
    String type();

    /**
     * Returns a new policy. Its checks should have the policy's name, {@link PolicySettings#name}, so that two policies of this
     * type have different buckets.
     *
     * <p>Called each time the configuration is read: at the start, again when it is applied, and at each reload. An exception is
     * reported as a problem of the configuration. If the settings have a problem, the result is not used.
     */
    RateLimitPolicy create(PolicySettings settings);
}
