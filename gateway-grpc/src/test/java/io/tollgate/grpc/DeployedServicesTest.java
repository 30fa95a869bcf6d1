package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.grpc.deployed.order.OrderServiceGrpc;
import io.tollgate.grpc.deployed.order.PurchaseRequest;
import io.tollgate.grpc.deployed.order.PurchaseResponse;
import io.tollgate.grpc.deployed.user.LoginRequest;
import io.tollgate.grpc.deployed.user.LoginResponse;
import io.tollgate.grpc.deployed.user.RefreshTokenRequest;
import io.tollgate.grpc.deployed.user.RefreshTokenResponse;
import io.tollgate.grpc.deployed.user.RegisterRequest;
import io.tollgate.grpc.deployed.user.RegisterResponse;
import io.tollgate.grpc.deployed.user.UserServiceGrpc;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Services and clients that know only the field numbers that were there first, built from messages without the others. */
class DeployedServicesTest {
    private static final TestServer old = TestServer.of(new Users(), new Orders());
    private static final Upstream upstream = old.upstream().build();
    private static final CallContext context = CallContext.create();

    @AfterAll
    static void stop() {
        upstream.close();
        old.close();
    }

    @Test
    void registersLogsInAndRefreshesAtADeployedUserService() throws Exception {
        GrpcUserGateway users = new GrpcUserGateway(upstream);
        Session expected = new Session(
                new User("u-1", "ada@example.org", "ada", Optional.empty(), Optional.empty()),
                Optional.of(TokenPair.of("access-1", "refresh-1")));

        assertThat(resultOf(users.register(new Registration("ada@example.org", "ada", "secret"), context)))
                .isEqualTo(expected);
        assertThat(resultOf(users.login(new Credentials("ada@example.org", "secret"), context)))
                .isEqualTo(expected);
        assertThat(resultOf(users.refresh("refresh-1", context)))
                .isEqualTo(new TokenPair("access-2", Optional.empty()));
    }

    @Test
    void buysAtADeployedOrderServiceWhichSeesNothingUnusual() throws Exception {
        GrpcOrderGateway orders = new GrpcOrderGateway(upstream);

        assertThat(resultOf(orders.purchase(new TicketPurchase("concert", "u-1", "key-1"), context)))
                .isEqualTo(new Purchase(
                        Purchase.Status.QUEUED,
                        new Ticket(Optional.empty(), "concert", "u-1", "queued", Optional.empty())));
    }

    @Test
    void answersADeployedClientOfTheNewUserService() throws Exception {
        try (TestServer server = new TestServer()) {
            server.login = TestServer.answering(io.tollgate.grpc.user.LoginResponse.newBuilder()
                    .setUser(io.tollgate.grpc.user.User.newBuilder()
                            .setId("u-1")
                            .setUsername("ada")
                            .setCreatedAt(
                                    com.google.protobuf.Timestamp.newBuilder().setSeconds(1)))
                    .setAccessToken("access-1")
                    .build());
            server.refresh = (request, observer) -> {
                assertThat(request.getRefreshToken()).isEqualTo("refresh-1");
                TestServer.answer(
                        observer,
                        io.tollgate.grpc.user.RefreshTokenResponse.newBuilder()
                                .setAccessToken("access-2")
                                .setRefreshToken("refresh-2")
                                .build());
            };
            ManagedChannel channel = channel(server);
            try {
                UserServiceGrpc.UserServiceBlockingStub client = UserServiceGrpc.newBlockingStub(channel);

                LoginResponse login = client.login(LoginRequest.newBuilder()
                        .setEmail("ada@example.org")
                        .setPassword("secret")
                        .build());
                assertThat(login.getUser().getId()).isEqualTo("u-1");
                assertThat(login.getUser().getUsername()).isEqualTo("ada");
                assertThat(login.getAccessToken()).isEqualTo("access-1");

                RefreshTokenResponse refreshed = client.refreshToken(RefreshTokenRequest.newBuilder()
                        .setRefreshToken("refresh-1")
                        .build());
                assertThat(refreshed.getAccessToken()).isEqualTo("access-2");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void answersADeployedClientOfTheNewOrderService() throws Exception {
        try (TestServer server = new TestServer()) {
            server.purchase = (request, observer) -> {
                assertThat(request.getEventId()).isEqualTo("concert");
                assertThat(request.getUserId()).isEqualTo("u-1");
                assertThat(request.getIdempotencyKey()).isEmpty();
                TestServer.answer(
                        observer,
                        io.tollgate.grpc.order.PurchaseResponse.newBuilder()
                                .setStatus(io.tollgate.grpc.order.PurchaseResponse.Status.SOLD_OUT)
                                .setTicket(io.tollgate.grpc.order.Ticket.newBuilder()
                                        .setId("t-1"))
                                .build());
            };
            ManagedChannel channel = channel(server);
            try {
                PurchaseResponse answer = OrderServiceGrpc.newBlockingStub(channel)
                        .purchaseTicket(PurchaseRequest.newBuilder()
                                .setEventId("concert")
                                .setUserId("u-1")
                                .build());

                assertThat(answer.getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void doesNotKnowWhatWasAddedLater() {
        assertThat(io.tollgate.grpc.deployed.user.User.getDescriptor().getFields())
                .extracting(field -> field.getNumber() + " " + field.getName())
                .containsExactly("1 id", "2 email", "3 username");
        assertThat(PurchaseRequest.getDescriptor().getFields())
                .extracting(field -> field.getNumber() + " " + field.getName())
                .containsExactly("1 eventId", "2 userId");
        assertThat(PurchaseResponse.getDescriptor().getFields()).hasSize(1);
        assertThat(RefreshTokenResponse.getDescriptor().getFields()).hasSize(1);
        assertThat(UserServiceGrpc.SERVICE_NAME).isEqualTo(io.tollgate.grpc.user.UserServiceGrpc.SERVICE_NAME);
        assertThat(OrderServiceGrpc.SERVICE_NAME).isEqualTo(io.tollgate.grpc.order.OrderServiceGrpc.SERVICE_NAME);
    }

    private static ManagedChannel channel(TestServer server) {
        return Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
                .build();
    }

    private static final class Users extends UserServiceGrpc.UserServiceImplBase {
        private static final io.tollgate.grpc.deployed.user.User ada = io.tollgate.grpc.deployed.user.User.newBuilder()
                .setId("u-1")
                .setEmail("ada@example.org")
                .setUsername("ada")
                .build();

        @Override
        public void register(RegisterRequest request, StreamObserver<RegisterResponse> observer) {
            RegisterRequest expected = RegisterRequest.newBuilder()
                    .setEmail("ada@example.org")
                    .setUsername("ada")
                    .setPassword("secret")
                    .build();
            if (!request.equals(expected)) {
                observer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
                return;
            }
            TestServer.answer(
                    observer,
                    RegisterResponse.newBuilder()
                            .setUser(ada)
                            .setAccessToken("access-1")
                            .setRefreshToken("refresh-1")
                            .build());
        }

        @Override
        public void login(LoginRequest request, StreamObserver<LoginResponse> observer) {
            if (!request.getPassword().equals("secret")) {
                observer.onError(Status.UNAUTHENTICATED.asRuntimeException());
                return;
            }
            TestServer.answer(
                    observer,
                    LoginResponse.newBuilder()
                            .setUser(ada)
                            .setAccessToken("access-1")
                            .setRefreshToken("refresh-1")
                            .build());
        }

        @Override
        public void refreshToken(RefreshTokenRequest request, StreamObserver<RefreshTokenResponse> observer) {
            TestServer.answer(
                    observer,
                    RefreshTokenResponse.newBuilder()
                            .setAccessToken(request.getRefreshToken().equals("refresh-1") ? "access-2" : "")
                            .build());
        }
    }

    private static final class Orders extends OrderServiceGrpc.OrderServiceImplBase {
        @Override
        public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> observer) {
            boolean expected = request.getEventId().equals("concert")
                    && request.getUserId().equals("u-1");
            TestServer.answer(
                    observer,
                    PurchaseResponse.newBuilder()
                            .setStatus(expected ? PurchaseResponse.Status.QUEUED : PurchaseResponse.Status.ERROR)
                            .build());
        }
    }
}
