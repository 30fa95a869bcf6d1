package io.tollgate.examples.services.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.examples.services.server.TestClient;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.RegisterRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredPasswordTest {
    private static final String PASSWORD = "correct horse battery staple";

    @Test
    void isAnArgon2idHashOfTheRecommendedCost() throws Exception {
        String database = "jdbc:h2:mem:" + UUID.randomUUID();
        try (UserServiceServer server = start(database, PasswordCost.DEFAULT);
                TestClient client = new TestClient(server.port())) {
            register(client);

            assertThat(storedHash(database)).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
            assertThat(storedHash(database)).doesNotContain(PASSWORD);
        }
    }

    @Test
    void isHashedAnewAtTheFirstLoginAfterTheCostWasRaised(@TempDir Path directory) throws Exception {
        String database = "jdbc:h2:file:" + directory.resolve("users");
        try (UserServiceServer server = start(database, new PasswordCost(64, 1));
                TestClient client = new TestClient(server.port())) {
            register(client);
            assertThat(storedHash(database)).contains("m=64,t=1");
        }

        try (UserServiceServer server = start(database, new PasswordCost(128, 2));
                TestClient client = new TestClient(server.port())) {
            logIn(client);

            assertThat(storedHash(database)).contains("m=128,t=2");
            logIn(client);
        }
    }

    private static UserServiceServer start(String database, PasswordCost cost) {
        return UserServiceServer.builder()
                .port(0)
                .jwtSecret("a secret for tests that is long enough")
                .databaseUrl(database)
                .passwordCost(cost)
                .start();
    }

    private static void register(TestClient client) {
        client.users()
                .register(RegisterRequest.newBuilder()
                        .setEmail("ada@example.org")
                        .setUsername("ada")
                        .setPassword(PASSWORD)
                        .build());
    }

    private static void logIn(TestClient client) {
        client.users()
                .login(LoginRequest.newBuilder()
                        .setEmail("ada@example.org")
                        .setPassword(PASSWORD)
                        .build());
    }

    private static String storedHash(String database) throws Exception {
        try (Connection connection = DriverManager.getConnection(database + ";DB_CLOSE_ON_EXIT=FALSE");
                ResultSet row = connection.createStatement().executeQuery("SELECT password_hash FROM accounts")) {
            row.next();
            return row.getString(1);
        }
    }
}
