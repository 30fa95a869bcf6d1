/** Token-bucket rate limiters. */
@NullMarked
package io.tollgate.ratelimit;

import org.jspecify.annotations.NullMarked;
