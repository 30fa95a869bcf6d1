/** Load generators: wrk and h2load as processes, and a driver in this JVM. */
@NullMarked
package io.tollgate.examples.benchmarks.load;

import org.jspecify.annotations.NullMarked;
