/**
 * The guard in front of a route: {@link io.tollgate.api.guard.RequestGuard} authenticates a request, applies the rate-limit
 * policies and returns what to do with it.
 */
@NullMarked
package io.tollgate.api.guard;

import org.jspecify.annotations.NullMarked;
