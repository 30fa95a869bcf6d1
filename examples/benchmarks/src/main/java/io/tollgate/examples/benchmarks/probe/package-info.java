/** Readings of a process, of the machine and of Redis, taken from outside. */
@NullMarked
package io.tollgate.examples.benchmarks.probe;

import org.jspecify.annotations.NullMarked;
