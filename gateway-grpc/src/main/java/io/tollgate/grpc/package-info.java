/**
 * Calls over gRPC: an {@link io.tollgate.grpc.Upstream} has the connections to one service and its backends, with deadline,
 * retries and circuit breaker; {@link io.tollgate.grpc.UpstreamBuilder} describes it. Any generated stub works on its channel, {@link io.tollgate.grpc.GrpcErrors} maps statuses to errors and back, and
 * {@link io.tollgate.grpc.GrpcUserGateway} and {@link io.tollgate.grpc.GrpcOrderGateway} are clients of two services.
 *
 * <pre>{@code
 * try (Upstream upstream = Upstream.builder("user-service", "localhost", 50051)
 *         .retry(GrpcUserGateway.LOGIN)
 *         .build()) {
 *     UserGateway users = new GrpcUserGateway(upstream);
 *     users.login(new Credentials("ada@example.org", "correct horse"), CallContext.create())
 *             .thenAccept(session -> System.out.println(session.user().id()));
 * }
 * }</pre>
 */
@NullMarked
package io.tollgate.grpc;

import org.jspecify.annotations.NullMarked;
