/**
 * Rate limiting: a {@link io.tollgate.api.ratelimit.RateLimitPolicy} turns a request's
 * {@linkplain io.tollgate.api.ratelimit.RateLimitContext facts} into
 * {@linkplain io.tollgate.api.ratelimit.RateLimitCheck checks}, a {@link io.tollgate.api.ratelimit.RateLimiter} decides
 * each, and {@link io.tollgate.api.ratelimit.RateLimitHeaders} renders the decisions for the client.
 */
@NullMarked
package io.tollgate.api.ratelimit;

import org.jspecify.annotations.NullMarked;
