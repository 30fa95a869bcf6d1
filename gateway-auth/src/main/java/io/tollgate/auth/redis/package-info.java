/** Access to Redis for the stores of this module. Not exported. */
@NullMarked
package io.tollgate.auth.redis;

import org.jspecify.annotations.NullMarked;
