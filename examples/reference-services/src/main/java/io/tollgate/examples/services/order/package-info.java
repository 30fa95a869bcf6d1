/** Events and the tickets to them: {@link io.tollgate.examples.services.order.OrderServiceServer}. */
@NullMarked
package io.tollgate.examples.services.order;

import org.jspecify.annotations.NullMarked;
