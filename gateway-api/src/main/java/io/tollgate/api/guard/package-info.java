/**
 * The guard in front of a route: {@link io.tollgate.api.guard.RequestGuard} authenticates a request, applies the rate-limit
 * policies, and admits or rejects it.
 */
@NullMarked
package io.tollgate.api.guard;

import org.jspecify.annotations.NullMarked;
