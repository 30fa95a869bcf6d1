/** The command lines: options that are read, and programs that are started. */
@NullMarked
package io.tollgate.examples.benchmarks.command;

import org.jspecify.annotations.NullMarked;
