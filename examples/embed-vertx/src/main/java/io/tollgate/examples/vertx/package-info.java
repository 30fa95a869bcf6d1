/** A guard on a Vert.x router: {@link io.tollgate.examples.vertx.GuardHandler} is to be copied. */
@NullMarked
package io.tollgate.examples.vertx;

import org.jspecify.annotations.NullMarked;
