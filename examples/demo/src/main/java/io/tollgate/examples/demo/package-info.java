/** The gateway and the reference services in one process: what {@code make run} starts. */
@NullMarked
package io.tollgate.examples.demo;

import org.jspecify.annotations.NullMarked;
