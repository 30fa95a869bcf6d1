/** User and order gateways over gRPC. */
@NullMarked
package io.tollgate.grpc;

import org.jspecify.annotations.NullMarked;
