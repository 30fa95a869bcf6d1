/**
 * Token-bucket rate limiters: {@link io.tollgate.ratelimit.LocalRateLimiter} in process; and
 * {@link io.tollgate.ratelimit.Policies}, which say who is limited to what.
 */
@NullMarked
package io.tollgate.ratelimit;

import org.jspecify.annotations.NullMarked;
