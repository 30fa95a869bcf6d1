/** Child processes, and waiting for them. */
@NullMarked
package io.tollgate.examples.benchmarks.process;

import org.jspecify.annotations.NullMarked;
