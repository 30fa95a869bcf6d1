package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.user.PasswordCost;
import io.tollgate.examples.services.user.UserServiceServer;
import io.tollgate.runner.config.GatewayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/**
 * What a gateway in a process of its own tells, at its most talkative, in lines, measures, spans and pages, while every
 * endpoint is given secrets with a mark.
 */
class SecretsTest {
    private static final String MARK = "mrk7";
    private static final String PASSWORD = MARK + "-password-that-nobody-may-read";
    private static final String JWT_SECRET = MARK + "-secret-of-the-gateway-that-nobody-may-read";
    private static final String REDIS_PASSWORD = MARK + "-password-of-redis";
    private static final String ADMIN_TOKEN = MARK + "-token-of-operators";
    private static final String EMAIL = "someone-with-a-long-name." + MARK + "@example.org";
    private static final String PURCHASE = "/api/v1/tickets/rock-2026/purchase?access_token=" + MARK;
    private static final Description ISSUING =
            Description.of(GatewayConfig.of(Map.of("jwt.secret_key", Deployment.SECRET, "auth.issuer", "gateway")));
    private static final List<String> PAGES = List.of(
            "/metrics", "/health/live", "/health/ready", "/info", "/loggers", "/", "/" + MARK, "/info?token=" + MARK);

    @TempDir
    Path folder;

    private final List<String> tokens = new ArrayList<>();
    private RedisServer redis;
    private OtlpReceiver collector;
    private UserServiceServer users;
    private OrderServiceServer orders;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start(folder);
        try (Jedis client = new Jedis("127.0.0.1", redis.port())) {
            client.configSet("requirepass", REDIS_PASSWORD);
        }
        collector = new OtlpReceiver();
        users = UserServiceServer.builder()
                .port(0)
                .issueTokens(false)
                .passwordCost(new PasswordCost(64, 1))
                .start();
        orders = OrderServiceServer.builder().port(0).start();
    }

    @AfterEach
    void stop() {
        orders.close();
        users.close();
        collector.close();
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "production"})
    void areNowhereToBeRead(String environment) throws Exception {
        Path keys = folder.resolve("keys.json");
        String jwk = KeyPairs.jwk("key-1");
        KeyPairs.write(keys, jwk);
        try (GatewayProcess gateway = GatewayProcess.start(settings(environment, keys))) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort(), ISSUING);
            Operator operator = new Operator(gateway.awaitAdminPort());

            drive(client);

            Awaitility.await()
                    .untilAsserted(() -> assertThat(gateway.output())
                            .contains(
                                    "refresh_token_reused", "/api/v1/users/logout", "trace_id", "SERVICE_UNAVAILABLE"));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(collector.spans())
                            .extracting(span -> span.span().getName())
                            .contains("POST /api/v1/users/logout", "ratelimit", "user.UserService/Login"));
            Map<String, String> told = new HashMap<>();
            told.put("log", gateway.output());
            told.put("spans", collector.spans().toString());
            for (String page : PAGES) {
                told.put(
                        page,
                        operator.get(page, "Authorization", "Bearer " + ADMIN_TOKEN)
                                .body());
                told.put(
                        page + " with a wrong token",
                        operator.get(page, "Authorization", "Bearer " + MARK + "-wrong")
                                .body());
            }
            told.put("/events", operator.events("/events", 2, "Authorization", "Bearer " + ADMIN_TOKEN));
            told.put("log of the pages", gateway.output());

            assertThat(told.get("/info")).contains("jwt.secret_key");
            assertThat(told.get("/metrics")).contains("tollgate_tokens_verified_total");
            tokens.add(jwk.substring(jwk.indexOf("\"d\":\"") + 5, jwk.length() - 2));
            told.forEach((where, text) -> {
                assertThat(text.toLowerCase(Locale.ROOT)).as(where).doesNotContain(MARK);
                tokens.forEach(token -> assertThat(text).as(where).doesNotContain(token));
            });
        }
    }

    @Test
    void credentialsOfUrlsAreNowhereToBeReadThoughNothingCanBeConnectedTo() throws Exception {
        int dead = closedPort();
        Map<String, String> settings = settings("production", folder.resolve("none"));
        settings.remove("JWT_KEYS");
        settings.put("REDIS_PORT", Integer.toString(dead));
        settings.put("SERVICES_USER_SERVICE_PORT", Integer.toString(dead));
        settings.put("JWT_JWKS_URL", "https://127.0.0.1:" + dead + "/jwks.json?token=" + MARK);
        settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://" + MARK + ":" + MARK + "@127.0.0.1:" + dead);
        try (GatewayProcess gateway = GatewayProcess.start(settings)) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort());
            Operator operator = new Operator(gateway.awaitAdminPort());
            client.post("/api/v1/users/login", credentials(EMAIL, PASSWORD));

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(gateway.output())
                            .contains(
                                    "published keys not available",
                                    "https://127.0.0.1:" + dead + "/jwks.json?<redacted>")
                            .containsIgnoringCase("failed to export"));
            List<String> told = new ArrayList<>(List.of(gateway.output()));
            for (String page : PAGES) {
                told.add(operator.get(page, "Authorization", "Bearer " + ADMIN_TOKEN)
                        .body());
            }
            told.add(operator.events("/events", 2, "Authorization", "Bearer " + ADMIN_TOKEN));

            assertThat(told)
                    .anySatisfy(text -> assertThat(text).contains("jwt.jwks_url"))
                    .allSatisfy(
                            text -> assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(MARK));
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void drive(Client client) {
        Answer registered = client.post("/api/v1/users/register?q=" + MARK, credentials(EMAIL, PASSWORD));
        assertThat(registered.status()).isEqualTo(201);
        String access = token(registered, "accessToken");
        String refresh = token(registered, "refreshToken");
        Answer refreshed = client.post("/api/v1/users/refresh", refreshing(refresh));
        token(refreshed, "accessToken");
        String next = token(refreshed, "refreshToken");
        String[] bearer = {
            "Authorization",
            "Bearer " + access,
            "Idempotency-Key",
            MARK + "-key",
            "Cookie",
            "session=" + MARK,
            "User-Agent",
            MARK
        };
        assertThat(client.post(PURCHASE, "{\"note\":\"" + MARK + "\"}", bearer).status())
                .isEqualTo(200);
        client.post(PURCHASE, "{}", "Authorization", "Bearer " + access + "x");
        client.post(PURCHASE, "{}", "Authorization", "Bearer " + MARK + "." + MARK + "." + MARK);
        client.post(PURCHASE, "{}", "Authorization", "Basic " + MARK);
        client.post("/api/v1/tickets/" + MARK + "/purchase", "{}", bearer);
        client.post("/api/v1/tickets/" + MARK + "%00/purchase", "{}", bearer);
        client.post("/api/v1/users/login", credentials(EMAIL, PASSWORD + "x"));
        token(client.post("/api/v1/users/login", credentials(EMAIL, PASSWORD)), "accessToken");
        client.post("/api/v1/users/login", credentials(MARK, MARK));
        client.post("/api/v1/users/register", "{\"password\":\"" + MARK + "\",\"password\":1");
        client.post("/api/v1/users/refresh", refreshing(MARK));
        client.post("/api/v1/users/refresh", refreshing(refresh));
        client.send("POST", "/api/v1/users/login", BodyPublishers.ofString(MARK), "Content-Type", "text/" + MARK);
        client.get("/" + MARK + "?" + MARK);
        client.get("/health?" + MARK);
        client.post("/api/v1/users/logout", refreshing(next), bearer);
        orders.close();
        token(client.post("/api/v1/users/login", credentials(EMAIL, PASSWORD)), "accessToken");
        client.post(PURCHASE, "{}", "Authorization", "Bearer " + tokens.get(tokens.size() - 1));
    }

    private String token(Answer answer, String name) {
        String token = answer.json().get(name).asText();
        tokens.add(token);
        return token;
    }

    private static String credentials(String email, String password) {
        return "{\"email\":\"" + email + "\",\"username\":\"" + MARK + "\",\"password\":\"" + password + "\"}";
    }

    private static String refreshing(String token) {
        return "{\"refreshToken\":\"" + token + "\"}";
    }

    private Map<String, String> settings(String environment, Path keys) {
        Map<String, String> settings = new HashMap<>();
        settings.put("APP_ENVIRONMENT", environment);
        settings.put("LOG_LEVEL", "trace");
        settings.put("JWT_REFRESH_TOKEN_GRACE", "0s");
        settings.put("JWT_SECRET_KEY", JWT_SECRET);
        settings.put("JWT_KEYS", "[{file: \"" + keys + "\", signs: true}]");
        settings.put("JWT_REVOCATION", "true");
        settings.put("AUTH_ISSUER", "gateway");
        settings.put("SERVER_HTTP_HOST", "127.0.0.1");
        settings.put("SERVER_HTTP_PORT", "0");
        settings.put("SERVER_ADMIN_PORT", "0");
        settings.put("SERVER_ADMIN_TOKEN", ADMIN_TOKEN);
        settings.put("SERVICES_USER_SERVICE_HOST", "127.0.0.1");
        settings.put("SERVICES_USER_SERVICE_PORT", Integer.toString(users.port()));
        settings.put("SERVICES_ORDER_SERVICE_HOST", "127.0.0.1");
        settings.put("SERVICES_ORDER_SERVICE_PORT", Integer.toString(orders.port()));
        settings.put("REDIS_ENABLED", "true");
        settings.put("REDIS_HOST", "127.0.0.1");
        settings.put("REDIS_PORT", Integer.toString(redis.port()));
        settings.put("REDIS_PASSWORD", REDIS_PASSWORD);
        settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
        settings.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=" + MARK);
        settings.put("OTEL_BSP_SCHEDULE_DELAY", "100");
        return settings;
    }
}
