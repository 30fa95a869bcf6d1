/** How the gateway's parts are, and since when: {@link io.tollgate.runner.admin.health.Readiness} looks at each of them. */
@NullMarked
package io.tollgate.runner.admin.health;

import org.jspecify.annotations.NullMarked;
