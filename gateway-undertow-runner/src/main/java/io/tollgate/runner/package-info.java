/** The runnable gateway: {@code Main} is its command line. */
@NullMarked
package io.tollgate.runner;

import org.jspecify.annotations.NullMarked;
