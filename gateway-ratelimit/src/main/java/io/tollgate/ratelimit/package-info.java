/**
 * Token-bucket rate limiters. {@link io.tollgate.ratelimit.LocalRateLimiter} has its buckets in this process,
 * {@link io.tollgate.ratelimit.RedisRateLimiter} shares them through Redis, and
 * {@link io.tollgate.ratelimit.FallbackRateLimiter} puts the one behind the other, so that there is always an answer.
 * {@link io.tollgate.ratelimit.LeasingRateLimiter} spares Redis the hottest keys.
 * {@link io.tollgate.ratelimit.SharedRateLimiter} is all of them in one piece, built from the URI of a Redis.
 * {@link io.tollgate.ratelimit.Policies} builds policies, and {@link io.tollgate.ratelimit.LoginProtection} is the one
 * against guessing passwords.
 */
@NullMarked
package io.tollgate.ratelimit;

import org.jspecify.annotations.NullMarked;
