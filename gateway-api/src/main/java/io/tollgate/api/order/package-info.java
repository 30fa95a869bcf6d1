/** Ticket purchases, as the order service behind the gateway has them: {@link io.tollgate.api.order.OrderGateway}. */
@NullMarked
package io.tollgate.api.order;

import org.jspecify.annotations.NullMarked;
