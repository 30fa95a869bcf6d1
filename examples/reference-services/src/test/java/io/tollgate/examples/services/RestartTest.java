package io.tollgate.examples.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.examples.services.database.DatabaseException;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.server.TestClient;
import io.tollgate.examples.services.user.PasswordCost;
import io.tollgate.examples.services.user.UserServiceServer;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    @TempDir
    private Path directory;

    @Test
    void keepsAccountsAndRefreshTokens() {
        RegisterResponse before;
        try (UserServiceServer server = userService();
                TestClient client = new TestClient(server.port())) {
            before = register(client);
        }

        try (UserServiceServer server = userService();
                TestClient client = new TestClient(server.port())) {
            assertThat(logIn(client).getUser()).isEqualTo(before.getUser());
            assertThat(client.users()
                            .refreshToken(RefreshTokenRequest.newBuilder()
                                    .setRefreshToken(before.getRefreshToken())
                                    .build())
                            .getAccessToken())
                    .isNotEmpty();
        }
    }

    @Test
    void keepsAnAccountThatWasMadeJustBeforeSigterm() throws Exception {
        Map<String, String> environment = Map.of(
                "GRPC_PORT", "0",
                "DATABASE_URL", "jdbc:h2:file:" + directory.resolve("users"),
                "JWT_SECRET_KEY", "a secret for tests that is long enough",
                "ARGON2_MEMORY_KIB", "64",
                "ARGON2_ITERATIONS", "1");
        try (ServiceProcess process = ServiceProcess.start(directory, List.of("user"), environment);
                TestClient client = new TestClient(process.awaitPort())) {
            register(client);
            process.terminate();
            process.awaitExit();
        }

        try (UserServiceServer server = userService();
                TestClient client = new TestClient(server.port())) {
            assertThat(logIn(client).getUser().getUsername()).isEqualTo("ada");
        }
    }

    @Test
    void keepsTicketsAndStock() {
        PurchaseResponse before;
        try (OrderServiceServer server = orderService();
                TestClient client = new TestClient(server.port())) {
            before = buy(client, "key-1");
            assertThat(before.getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
        }

        try (OrderServiceServer server = orderService();
                TestClient client = new TestClient(server.port())) {
            assertThat(buy(client, "key-1")).isEqualTo(before);
            assertThat(buy(client, "key-2").getStatus()).isEqualTo(PurchaseResponse.Status.CONFIRMED);
            assertThat(buy(client, "key-3").getStatus()).isEqualTo(PurchaseResponse.Status.SOLD_OUT);
        }
    }

    @Test
    void doesNotStartOnADatabaseThatCannotBeOpened() {
        String database = "jdbc:h2:file:" + directory.resolve("absent") + ";IFEXISTS=TRUE;PASSWORD=hidden";

        assertThatThrownBy(() -> OrderServiceServer.builder()
                        .port(0)
                        .databaseUrl(database)
                        .start()
                        .close())
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("cannot open database jdbc:h2:file:")
                .hasMessageNotContaining("hidden");
    }

    private static RegisterResponse register(TestClient client) {
        return client.users()
                .register(RegisterRequest.newBuilder()
                        .setEmail("ada@example.org")
                        .setUsername("ada")
                        .setPassword("correct horse")
                        .build());
    }

    private static LoginResponse logIn(TestClient client) {
        return client.users()
                .login(LoginRequest.newBuilder()
                        .setEmail("ada@example.org")
                        .setPassword("correct horse")
                        .build());
    }

    private UserServiceServer userService() {
        return UserServiceServer.builder()
                .port(0)
                .jwtSecret("a secret for tests that is long enough")
                .passwordCost(new PasswordCost(64, 1))
                .databaseUrl("jdbc:h2:file:" + directory.resolve("users"))
                .start();
    }

    private OrderServiceServer orderService() {
        return OrderServiceServer.builder()
                .port(0)
                .events(Map.of("duo", 2))
                .databaseUrl("jdbc:h2:file:" + directory.resolve("orders"))
                .start();
    }

    private static PurchaseResponse buy(TestClient client, String key) {
        return client.orders()
                .purchaseTicket(PurchaseRequest.newBuilder()
                        .setEventId("duo")
                        .setUserId("ada")
                        .setIdempotencyKey(key)
                        .build());
    }
}
