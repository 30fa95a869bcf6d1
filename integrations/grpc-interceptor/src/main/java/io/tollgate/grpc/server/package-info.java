/**
 * Authenticates and limits the calls of any grpc-java server. Start with {@link io.tollgate.grpc.server.GuardInterceptor}.
 */
@NullMarked
package io.tollgate.grpc.server;

import org.jspecify.annotations.NullMarked;
