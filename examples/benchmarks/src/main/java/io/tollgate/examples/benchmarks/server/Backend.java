package io.tollgate.examples.benchmarks.server;

import com.google.protobuf.Timestamp;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A user service and an order service that respond with constants, but for the user and the event of a ticket. Argument: the port. */
public final class Backend {
    private static final Timestamp TIME =
            Timestamp.newBuilder().setSeconds(1_795_000_000L).build();

    private Backend() {}

    /** Serves until the process is ended. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Server server = Grpc.newServerBuilderForPort(Integer.parseInt(args[0]), InsecureServerCredentials.create())
                .directExecutor()
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(new Orders())
                .addService(new Users())
                .build()
                .start();
        server.awaitTermination();
    }

    private static final class Orders extends OrderServiceGrpc.OrderServiceImplBase {
        private static final Ticket TICKET = Ticket.newBuilder()
                .setId("bebb6b41-7c1f-4a6e-9a57-1b7d6c0f5a11")
                .setStatus("confirmed")
                .setCreatedAt(TIME)
                .build();

        @Override
        public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> responses) {
            responses.onNext(PurchaseResponse.newBuilder()
                    .setStatus(PurchaseResponse.Status.CONFIRMED)
                    .setTicket(
                            TICKET.toBuilder().setEventId(request.getEventId()).setUserId(request.getUserId()))
                    .build());
            responses.onCompleted();
        }
    }

    private static final class Users extends UserServiceGrpc.UserServiceImplBase {
        private static final LoginResponse RESPONSE = LoginResponse.newBuilder()
                .setUser(User.newBuilder()
                        .setId("user-0000001")
                        .setEmail("ann@example.org")
                        .setUsername("ann")
                        .setCreatedAt(TIME)
                        .setUpdatedAt(TIME))
                .setAccessToken("an-access-token-of-the-benchmark-that-nobody-reads-and-that-is-long-enough-to-be-one")
                .setRefreshToken("a-refresh-token-of-the-benchmark")
                .build();

        @Override
        public void login(LoginRequest request, StreamObserver<LoginResponse> responses) {
            responses.onNext(RESPONSE);
            responses.onCompleted();
        }
    }
}
