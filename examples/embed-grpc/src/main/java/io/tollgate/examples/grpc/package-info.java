/** The guard inside a gRPC server. docs/embedding/grpc.md quotes this code. */
@NullMarked
package io.tollgate.examples.grpc;

import org.jspecify.annotations.NullMarked;
