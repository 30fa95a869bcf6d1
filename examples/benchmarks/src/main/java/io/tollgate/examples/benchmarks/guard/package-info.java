/** The costs of the guard. */
@NullMarked
package io.tollgate.examples.benchmarks.guard;

import org.jspecify.annotations.NullMarked;
