/**
 * {@link io.tollgate.operations.logging.LogLines} writes the log lines of a process through Logback, as JSON or for people,
 * without making its threads wait. Needs {@code logback-classic}, which is an optional dependency of this module.
 */
@NullMarked
package io.tollgate.operations.logging;

import org.jspecify.annotations.NullMarked;
