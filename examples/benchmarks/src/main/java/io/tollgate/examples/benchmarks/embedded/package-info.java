/** Servers of others with the library inside, beside the same servers without it. */
@NullMarked
package io.tollgate.examples.benchmarks.embedded;

import org.jspecify.annotations.NullMarked;
