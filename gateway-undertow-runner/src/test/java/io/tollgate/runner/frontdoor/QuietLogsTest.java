package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.user.PasswordCost;
import io.tollgate.examples.services.user.UserServiceServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway in a process of its own writes, at its most talkative, while tokens of all kinds come and go. */
class QuietLogsTest {
    private static final String PASSWORD = "a-password-that-nobody-may-read";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"development", "staging"})
    void neverWritesASecretATokenOrAPassword(String environment) throws Exception {
        Path file = folder.resolve("keys.json");
        String jwk = KeyPairs.jwk("key-1");
        KeyPairs.write(file, jwk);
        try (UserServiceServer users = UserServiceServer.builder()
                        .port(0)
                        .issueTokens(false)
                        .passwordCost(new PasswordCost(64, 1))
                        .start();
                OrderServiceServer orders = OrderServiceServer.builder().port(0).start();
                GatewayProcess gateway =
                        GatewayProcess.start(settings(environment, file, users.port(), orders.port()))) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort());

            Answer session = client.post(
                    "/api/v1/users/register",
                    "{\"email\":\"a@example.org\",\"username\":\"ann\",\"password\":\"" + PASSWORD + "\"}");
            String access = session.json().get("accessToken").asText();
            String refresh = session.json().get("refreshToken").asText();
            Answer refreshed = client.post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refresh + "\"}");
            String next = refreshed.json().get("refreshToken").asText();
            client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + access);
            client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + access + "x");
            client.post("/api/v1/users/login", "{\"email\":\"a@example.org\",\"password\":\"" + PASSWORD + "x\"}");
            client.post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refresh + "\"}");
            client.post(
                    "/api/v1/users/logout", "{\"refreshToken\":\"" + next + "\"}", "Authorization", "Bearer " + access);

            Awaitility.await()
                    .untilAsserted(() -> assertThat(gateway.output())
                            .contains("refresh_token_reused")
                            .contains("/api/v1/users/logout"));
            assertThat(gateway.output())
                    .doesNotContain(PASSWORD)
                    .doesNotContain(Deployment.SECRET)
                    .doesNotContain(refresh)
                    .doesNotContain(next)
                    .doesNotContain(access)
                    .doesNotContain(access.substring(access.lastIndexOf('.') + 1))
                    .doesNotContain(refreshed.json().get("accessToken").asText())
                    .doesNotContain(jwk.substring(jwk.indexOf("\"d\":\"") + 5, jwk.length() - 2));
        }
    }

    private static Map<String, String> settings(String environment, Path keys, int userPort, int orderPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("APP_ENVIRONMENT", environment);
        settings.put("LOG_LEVEL", "trace");
        settings.put("JWT_SECRET_KEY", Deployment.SECRET);
        settings.put("JWT_KEYS", "[{file: \"" + keys + "\", signs: true}]");
        settings.put("JWT_REVOCATION", "true");
        settings.put("AUTH_ISSUER", "gateway");
        settings.put("SERVER_HTTP_HOST", "127.0.0.1");
        settings.put("SERVER_HTTP_PORT", "0");
        settings.put("SERVER_ADMIN_PORT", "0");
        settings.put("SERVICES_USER_SERVICE_HOST", "127.0.0.1");
        settings.put("SERVICES_USER_SERVICE_PORT", Integer.toString(userPort));
        settings.put("SERVICES_ORDER_SERVICE_HOST", "127.0.0.1");
        settings.put("SERVICES_ORDER_SERVICE_PORT", Integer.toString(orderPort));
        return settings;
    }
}
