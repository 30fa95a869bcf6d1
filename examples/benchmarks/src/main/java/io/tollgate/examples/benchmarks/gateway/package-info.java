/** The benchmark of the gateway as a process: {@link io.tollgate.examples.benchmarks.gateway.Bench} is its command line. */
@NullMarked
package io.tollgate.examples.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
