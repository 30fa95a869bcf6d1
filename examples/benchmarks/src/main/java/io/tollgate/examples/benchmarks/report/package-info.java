/** Figures, and the files that show them. */
@NullMarked
package io.tollgate.examples.benchmarks.report;

import org.jspecify.annotations.NullMarked;
