/** A guard as a filter of Helidon SE: {@link io.tollgate.examples.helidon.GuardFilter} is to be copied. */
@NullMarked
package io.tollgate.examples.helidon;

import org.jspecify.annotations.NullMarked;
