/** The runnable gateway: {@link io.tollgate.runner.Gateway} in a program, {@link io.tollgate.runner.Tollgate} on a command line. */
@NullMarked
package io.tollgate.runner;

import org.jspecify.annotations.NullMarked;
