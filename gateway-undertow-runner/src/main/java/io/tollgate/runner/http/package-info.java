/**
 * The HTTP contract without a server: an {@link io.tollgate.runner.http.Endpoint} turns a
 * {@link io.tollgate.runner.http.Request} into a {@link io.tollgate.api.http.HttpResponse},
 * {@link io.tollgate.runner.http.Filter}s stand before it, and {@link io.tollgate.runner.http.Routes} is the table of what
 * there is.
 */
@NullMarked
package io.tollgate.runner.http;

import org.jspecify.annotations.NullMarked;
