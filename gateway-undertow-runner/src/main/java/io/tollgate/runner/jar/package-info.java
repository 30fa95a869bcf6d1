/** Files that are in the jar beside the classes. */
@NullMarked
package io.tollgate.runner.jar;

import org.jspecify.annotations.NullMarked;
