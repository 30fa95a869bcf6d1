/** What a process does about its own end. */
@NullMarked
package io.tollgate.operations.process;

import org.jspecify.annotations.NullMarked;
