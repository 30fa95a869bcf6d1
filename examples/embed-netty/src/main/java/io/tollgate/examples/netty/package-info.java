/** A guard in a Netty pipeline: {@link io.tollgate.examples.netty.GuardHandler} is to be copied. */
@NullMarked
package io.tollgate.examples.netty;

import org.jspecify.annotations.NullMarked;
