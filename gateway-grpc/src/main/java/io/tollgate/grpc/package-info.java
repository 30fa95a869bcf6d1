/**
 * User and order gateways over gRPC: an {@link io.tollgate.grpc.Upstream} is the connection to one service,
 * {@link io.tollgate.grpc.GrpcUserGateway} and {@link io.tollgate.grpc.GrpcOrderGateway} speak to it.
 *
 * <pre>{@code
 * try (Upstream upstream = Upstream.builder("user-service", "localhost", 50051).build()) {
 *     UserGateway users = new GrpcUserGateway(upstream);
 *     users.login(new Credentials("ada@example.org", "correct horse"), CallContext.create())
 *             .thenAccept(session -> System.out.println(session.user().id()));
 * }
 * }</pre>
 */
@NullMarked
package io.tollgate.grpc;

import org.jspecify.annotations.NullMarked;
