/** Our limiters beside others. */
@NullMarked
package io.tollgate.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
