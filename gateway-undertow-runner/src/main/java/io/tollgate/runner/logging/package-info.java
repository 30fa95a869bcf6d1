/** Log lines of the gateway, as its configuration says. */
@NullMarked
package io.tollgate.runner.logging;

import org.jspecify.annotations.NullMarked;
