/**
 * Reads rate limit policies from configuration. {@link io.tollgate.ratelimit.config.PolicyReader} takes maps and lists, as
 * YAML, HOCON, JSON or Spring properties give them; a {@link io.tollgate.ratelimit.config.RateLimitPolicyFactory} adds types
 * of policies.
 */
@NullMarked
package io.tollgate.ratelimit.config;

import org.jspecify.annotations.NullMarked;
