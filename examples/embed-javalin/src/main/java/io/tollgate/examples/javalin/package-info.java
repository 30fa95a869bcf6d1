/** A guard as a plugin of Javalin: {@link io.tollgate.examples.javalin.GuardPlugin} is to be copied. */
@NullMarked
package io.tollgate.examples.javalin;

import org.jspecify.annotations.NullMarked;
