/** What operators see: {@link io.tollgate.runner.ops.Logging} writes log lines as the configuration says. */
@NullMarked
package io.tollgate.runner.ops;

import org.jspecify.annotations.NullMarked;
