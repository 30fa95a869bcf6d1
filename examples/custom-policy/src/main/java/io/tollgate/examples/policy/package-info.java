/** A rate-limit policy of one's own in the reference gateway. */
@NullMarked
package io.tollgate.examples.policy;

import org.jspecify.annotations.NullMarked;
