/** Our limiters compared with others. */
@NullMarked
package io.tollgate.examples.benchmarks.limiter;

import org.jspecify.annotations.NullMarked;
