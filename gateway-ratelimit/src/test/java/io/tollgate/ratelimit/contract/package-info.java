/** What a {@link io.tollgate.api.ratelimit.RateLimiter} promises, as tests that anyone's can pass. */
@NullMarked
package io.tollgate.ratelimit.contract;

import org.jspecify.annotations.NullMarked;
