/** Runs an {@link io.tollgate.runner.http.Endpoint} on Undertow; no other package knows Undertow. */
@NullMarked
package io.tollgate.runner.http.undertow;

import org.jspecify.annotations.NullMarked;
