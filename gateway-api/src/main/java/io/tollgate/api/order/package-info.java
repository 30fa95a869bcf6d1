/** Ticket purchases of the order service, which {@link io.tollgate.api.order.OrderGateway} calls. */
@NullMarked
package io.tollgate.api.order;

import org.jspecify.annotations.NullMarked;
