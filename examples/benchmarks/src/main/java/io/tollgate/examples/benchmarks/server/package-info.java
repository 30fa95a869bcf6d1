/** The servers that the gateway is measured with and against. */
@NullMarked
package io.tollgate.examples.benchmarks.server;

import org.jspecify.annotations.NullMarked;
