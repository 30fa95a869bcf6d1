package io.tollgate.examples.services;

import static io.tollgate.examples.services.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.server.TestClient;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceServicesTest {
    /** What a JVM that SIGTERM ended exits with. */
    private static final int TERMINATED = 143;

    @TempDir
    private Path directory;

    @Test
    void runsTheUserServiceUntilSigtermAndLogsNoSecrets() throws Exception {
        Map<String, String> environment = Map.of(
                "GRPC_PORT", "0",
                "LOG_LEVEL", "DEBUG",
                "ARGON2_MEMORY_KIB", "64",
                "ARGON2_ITERATIONS", "1",
                "DATABASE_URL", "jdbc:h2:file:" + directory.resolve("users"));
        try (ServiceProcess service = ServiceProcess.start(directory, List.of("user"), environment);
                TestClient client = new TestClient(service.awaitPort())) {
            RegisterResponse registered = UserServiceGrpc.newBlockingStub(client.channelWithRequestId("request-4711"))
                    .register(RegisterRequest.newBuilder()
                            .setEmail("ada@example.org")
                            .setUsername("ada")
                            .setPassword("correct horse")
                            .build());
            assertThat(refusal(() -> client.users()
                                    .login(LoginRequest.newBuilder()
                                            .setEmail("ada@example.org")
                                            .setPassword("battery staple")
                                            .build()))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
            client.users()
                    .refreshToken(RefreshTokenRequest.newBuilder()
                            .setRefreshToken(registered.getRefreshToken())
                            .build());

            service.terminate();

            assertThat(service.awaitExit()).isEqualTo(TERMINATED);
            assertThat(service.output())
                    .contains("[request-4711] CallLog - user.UserService/Register OK in ")
                    .contains("user.UserService/Login UNAUTHENTICATED in ")
                    .contains("JWT_SECRET_KEY is not set")
                    .contains("too cheap but for tests")
                    .contains("user.UserService is down")
                    .doesNotContain("correct horse", "battery staple", "your-secret-key", "ada@example.org")
                    .doesNotContain(registered.getAccessToken(), registered.getRefreshToken());
        }
    }

    @Test
    void runsTheOrderServiceWithTheEventsGiven() throws Exception {
        Map<String, String> environment = Map.of("GRPC_PORT", "0", "EVENTS", "opera=1, ballet=0");
        try (ServiceProcess service = ServiceProcess.start(directory, List.of("order"), environment);
                TestClient client = new TestClient(service.awaitPort())) {
            assertThat(buy(client, "opera").getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
            assertThat(buy(client, "opera").getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);
            assertThat(buy(client, "ballet").getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);
            assertThat(refusal(() -> buy(client, "rock-2026")).getStatus().getCode())
                    .isEqualTo(Status.Code.NOT_FOUND);

            service.terminate();

            assertThat(service.awaitExit()).isEqualTo(TERMINATED);
            assertThat(service.output()).doesNotContain("ERROR", "Exception");
        }
    }

    @Test
    void saysWhichPortIsInUse() throws Exception {
        try (OrderServiceServer first = OrderServiceServer.builder().port(0).start()) {
            String port = Integer.toString(first.port());
            try (ServiceProcess second = ServiceProcess.start(directory, List.of("order"), Map.of("GRPC_PORT", port))) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.output())
                        .contains("cannot listen on 127.0.0.1:" + port)
                        .doesNotContain("\tat ");
            }
        }
    }

    private static PurchaseResponse buy(TestClient client, String event) {
        return client.orders()
                .purchaseTicket(PurchaseRequest.newBuilder()
                        .setEventId(event)
                        .setUserId("ada")
                        .build());
    }
}
