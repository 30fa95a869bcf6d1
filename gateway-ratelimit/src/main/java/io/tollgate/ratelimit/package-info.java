/**
 * Token-bucket rate limiters and ready-made policies.
 *
 * <ul>
 *   <li>{@link io.tollgate.ratelimit.LocalRateLimiter} keeps its buckets in this process.
 *   <li>{@link io.tollgate.ratelimit.RedisRateLimiter} shares them through Redis.
 *   <li>{@link io.tollgate.ratelimit.FallbackRateLimiter} uses the first if the second is unavailable.
 *   <li>{@link io.tollgate.ratelimit.LeasingRateLimiter} takes the load of hot keys off Redis.
 *   <li>{@link io.tollgate.ratelimit.SharedRateLimiter} is all of them in one object, built from the URI of a Redis.
 * </ul>
 *
 * <p>{@link io.tollgate.ratelimit.Policies} builds policies; {@link io.tollgate.ratelimit.LoginProtection} is a policy against
 * guessing passwords.
 */
@NullMarked
package io.tollgate.ratelimit;

import org.jspecify.annotations.NullMarked;
