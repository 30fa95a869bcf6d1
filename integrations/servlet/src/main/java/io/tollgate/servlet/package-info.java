/**
 * A Jakarta Servlet filter that authenticates and limits requests by a {@link io.tollgate.api.guard.RequestGuard}. Start with
 * {@link io.tollgate.servlet.GuardFilter}.
 */
@NullMarked
package io.tollgate.servlet;

import org.jspecify.annotations.NullMarked;
