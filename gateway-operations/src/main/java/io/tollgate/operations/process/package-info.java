/** The end of a process: shutdown in steps, and exhausted memory. */
@NullMarked
package io.tollgate.operations.process;

import org.jspecify.annotations.NullMarked;
