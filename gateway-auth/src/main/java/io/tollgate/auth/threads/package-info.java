/** Threads of this module: for refreshing keys and lists, and for clients that block. Not exported. */
@NullMarked
package io.tollgate.auth.threads;

import org.jspecify.annotations.NullMarked;
