/** A rate limit policy of one's own. */
@NullMarked
package io.tollgate.examples.custompolicy;

import org.jspecify.annotations.NullMarked;
