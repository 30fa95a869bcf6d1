/**
 * The user service and the order service of the examples: {@link io.tollgate.examples.services.ReferenceServices} runs
 * either alone, {@link io.tollgate.examples.services.user.UserServiceServer} and
 * {@link io.tollgate.examples.services.order.OrderServiceServer} run them inside another process.
 */
@NullMarked
package io.tollgate.examples.services;

import org.jspecify.annotations.NullMarked;
