/** The cost of the guard in a gRPC server, beside the same server without it. */
@NullMarked
package io.tollgate.examples.benchmarks.interceptor;

import org.jspecify.annotations.NullMarked;
