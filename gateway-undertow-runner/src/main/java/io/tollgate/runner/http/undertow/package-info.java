/** Runs an {@link io.tollgate.runner.http.Endpoint} on Undertow: the only package that knows there is one. */
@NullMarked
package io.tollgate.runner.http.undertow;

import org.jspecify.annotations.NullMarked;
