package io.tollgate.runner.frontdoor;

import static io.tollgate.runner.frontdoor.ScriptedUpstream.answering;
import static io.tollgate.runner.frontdoor.ScriptedUpstream.failing;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.grpc.user.User;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.config.GatewayConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Provokes everything that the description says may be answered, each status and each code of each operation, on real
 * gateways. That nothing else is answered, the {@link Client} of every test at the front door checks.
 */
class ConformanceTest {
    private static final String REGISTER = "/api/v1/users/register";
    private static final String LOGIN = "/api/v1/users/login";
    private static final String REFRESH = "/api/v1/users/refresh";
    private static final String LOGOUT = "/api/v1/users/logout";
    private static final List<String> PURCHASES =
            List.of("/api/v1/tickets/rock-2026/purchase", "/api/v1/orders/rock-2026/purchase");
    private static final List<String> LOCAL = List.of("/health", "/.well-known/jwks.json", "/openapi.json", "/nothing");
    private static final Map<String, String> BODIES = Map.of(
            REGISTER, "{\"email\":\"ann@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}",
            LOGIN, "{\"email\":\"ann@example.org\",\"password\":\"correct horse\"}",
            REFRESH, "{\"refreshToken\":\"one\"}",
            LOGOUT, "{\"refreshToken\":\"one\"}");

    private static final User ANN = User.newBuilder()
            .setId("1")
            .setEmail("ann@example.org")
            .setUsername("ann")
            .build();

    private static final String OTHER_VERSION = "HTTP/9.9\r\nHost: x\r\nContent-Length: 0";

    @Test
    void everythingThatIsDescribedIsAnswered() throws Exception {
        Description description = new Description(config(Map.of()));
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            try (Deployment deployment = deployment(upstream).start()) {
                Client client = deployment.client(description);
                succeed(client, upstream, deployment);
                askForWhatIsNotThere(client);
                sendNonsense(client, description, deployment.port());
                sendBadTokens(client);
                fail(client, upstream, deployment);
            }
            sendTokensWithoutScope(upstream, description);
            exhaust(deployment(upstream), description, List.of(REGISTER, LOGIN, REFRESH));
            overload(deployment(upstream), upstream, description, List.of(REGISTER, LOGIN, REFRESH));
        }
        openTheCircuit(description);
        breakTheLimiter(Map.of(), description, List.of(REGISTER, LOGIN, REFRESH));

        assertThat(description.unseen()).as("described, and not answered").isEmpty();
    }

    @Test
    void soIsAllOfTheLogoutWhereTheGatewayIssuesTokens() throws Exception {
        Description description = new Description(config(Map.of("auth.issuer", "gateway")));
        String token;
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            try (Deployment deployment = deployment(upstream).gatewayIssues().start()) {
                Client client = deployment.client(description);
                upstream.login =
                        answering(LoginResponse.newBuilder().setUser(ANN).build());
                token = client.post(LOGIN, BODIES.get(LOGIN))
                        .json()
                        .get("refreshToken")
                        .asText();
                assertThat(client.post(LOGOUT, BODIES.get(LOGOUT)).status()).isEqualTo(204);
                sendBadBodies(client, LOGOUT);
                sendRaw("POST", LOGOUT, OTHER_VERSION, description, deployment.port());
            }
            exhaust(deployment(upstream).gatewayIssues(), description, List.of(LOGOUT));
            overload(deployment(upstream).gatewayIssues(), upstream, description, List.of(LOGOUT));
        }
        breakTheLimiter(Map.of("auth.issuer", "gateway"), description, List.of(LOGOUT));
        loseTheStore(description, token);

        assertThat(description.unseen()).noneMatch(answer -> answer.startsWith("logout "));
    }

    private static void succeed(Client client, ScriptedUpstream upstream, Deployment deployment) {
        upstream.register = answering(RegisterResponse.newBuilder()
                .setUser(ANN)
                .setAccessToken("a.b.c")
                .build());
        upstream.login = answering(
                LoginResponse.newBuilder().setUser(ANN).setAccessToken("a.b.c").build());
        upstream.refresh = answering(
                RefreshTokenResponse.newBuilder().setAccessToken("a.b.c").build());
        BODIES.forEach((path, body) -> {
            if (!path.equals(LOGOUT)) {
                client.post(path, body);
            }
        });
        for (PurchaseResponse.Status status : PurchaseResponse.Status.values()) {
            if (status != PurchaseResponse.Status.UNRECOGNIZED) {
                upstream.purchase = answering(
                        PurchaseResponse.newBuilder().setStatus(status).build());
                PURCHASES.forEach(path -> buy(client, path, deployment.token("ann")));
            }
        }
        for (String path : LOCAL) {
            String tag = client.get(path).header("ETag");
            client.send("HEAD", path, BodyPublishers.noBody());
            if (!tag.isEmpty()) {
                assertThat(client.get(path, "If-None-Match", tag).status()).isEqualTo(304);
                client.send("HEAD", path, BodyPublishers.noBody(), "If-None-Match", "W/\"other\", " + tag);
            }
        }
    }

    private static void askForWhatIsNotThere(Client client) {
        assertThat(client.get("/api/v2/users/login").json().get("message").asText())
                .isEqualTo("There is no version v2 of this API; there is v1.");
        assertThat(client.get(LOGIN).status()).isEqualTo(405);
    }

    private static void sendNonsense(Client client, Description description, int port) throws Exception {
        for (String path : LOCAL) {
            for (String method : List.of("GET", "HEAD")) {
                sendRaw(method, path, "HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip", description, port);
                sendRaw(method, path, OTHER_VERSION, description, port);
            }
        }
        for (String path : List.of(REGISTER, LOGIN, REFRESH)) {
            sendRaw("POST", path, OTHER_VERSION, description, port);
        }
        for (String path : PURCHASES) {
            sendRaw("POST", path, OTHER_VERSION, description, port);
        }
        List.of(REGISTER, LOGIN, REFRESH).forEach(path -> sendBadBodies(client, path));
        String[] token = {"Authorization", "Bearer " + Deployment.mint("ann")};
        for (String path : PURCHASES) {
            client.post(path, "{", token);
            client.post(path, "{\"a\":\"" + "a".repeat(70_000) + "\"}", token);
            client.send("POST", path, BodyPublishers.ofString("{}"), token[0], token[1], "Content-Type", "text/plain");
            client.post(path, "{}", token[0], token[1], "Idempotency-Key", "two words");
            client.post(path.replace("rock-2026", "rock!"), "{}", token);
        }
    }

    /** Sends a head that is not to be understood: from the version on, without the empty line at its end. */
    private static void sendRaw(String method, String path, String rest, Description description, int port)
            throws Exception {
        try (RawConnection raw = new RawConnection(port)) {
            raw.send(method + " " + path + " " + rest + "\r\n\r\n");
            RawConnection.Response response = method.equals("HEAD") ? raw.readHead() : raw.read();
            Map<String, List<String>> headers = new HashMap<>();
            response.headers().forEach((name, value) -> headers.put(name, List.of(value)));
            description.check(
                    method,
                    path,
                    new Answer(response.status(), HttpHeaders.of(headers, (n, v) -> true), response.body()));
        }
    }

    private static void sendBadBodies(Client client, String path) {
        client.post(path, "{");
        client.post(path, "{}");
        client.post(path, "{\"a\":\"" + "a".repeat(70_000) + "\"}");
        client.send("POST", path, BodyPublishers.ofString("{}"), "Content-Type", "text/plain");
    }

    private static void sendBadTokens(Client client) {
        String expired = Deployment.mintExpired("ann");
        String token = Deployment.mint("ann");
        String forged = token.substring(0, token.lastIndexOf('.') + 1) + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for (String path : PURCHASES) {
            assertThat(client.post(path, "{}").code()).isEqualTo("MISSING_TOKEN");
            List.of("x", forged, expired).forEach(bad -> buy(client, path, bad));
        }
    }

    /** Every status that a service can fail with, and the key that was used before. */
    private static void fail(Client client, ScriptedUpstream upstream, Deployment deployment) {
        for (Status.Code code : Status.Code.values()) {
            if (code != Status.Code.OK) {
                upstream.register = failing(code.toStatus().asRuntimeException());
                upstream.login = failing(code.toStatus().asRuntimeException());
                upstream.refresh = failing(code.toStatus().asRuntimeException());
                upstream.purchase = failing(code.toStatus().asRuntimeException());
                List.of(REGISTER, LOGIN, REFRESH).forEach(path -> client.post(path, BODIES.get(path)));
                PURCHASES.forEach(path -> buy(client, path, deployment.token("ann")));
            }
        }
        upstream.purchase = failing(ScriptedUpstream.keyReused());
        PURCHASES.forEach(path -> buy(client, path, deployment.token("ann")));
    }

    private static void sendTokensWithoutScope(ScriptedUpstream upstream, Description description) throws Exception {
        try (Deployment strict = deployment(upstream)
                .with("AUTH_REQUIRED_SCOPES", "{\"/api/v1/tickets/{event_id}/purchase\": [buy]}")
                .start()) {
            PURCHASES.forEach(path -> buy(strict.client(description), path, strict.token("ann")));
        }
    }

    private static void exhaust(Deployment.Builder builder, Description description, List<String> posts)
            throws Exception {
        try (Deployment small = builder.with("REDIS_TOKEN_BUCKET_CAPACITY", "1")
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.0001")
                .start()) {
            Client client = small.client(description);
            client.get("/health");
            for (String path : LOCAL) {
                client.get(path);
                client.send("HEAD", path, BodyPublishers.noBody());
            }
            posts.forEach(path -> assertThat(client.post(path, "{}").status()).isEqualTo(429));
            PURCHASES.forEach(
                    path -> assertThat(client.post(path, "{}").status()).isEqualTo(429));
        }
    }

    private static void overload(
            Deployment.Builder builder, ScriptedUpstream upstream, Description description, List<String> posts)
            throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        // Never answers.
        upstream.login = (request, answer) -> arrived.countDown();
        try (Deployment narrow =
                builder.with("SERVER_HTTP_MAX_CONCURRENT_REQUESTS", "1").start()) {
            Client client = narrow.client(description);
            CompletableFuture<Answer> waiting =
                    client.sendAsync("POST", LOGIN, BodyPublishers.ofString(BODIES.get(LOGIN)));
            assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

            posts.forEach(path ->
                    assertThat(client.post(path, BODIES.get(path)).code()).isEqualTo("OVERLOADED"));
            PURCHASES.forEach(path ->
                    assertThat(buy(client, path, narrow.token("ann")).code()).isEqualTo("OVERLOADED"));
            waiting.cancel(true);
        }
    }

    private static void openTheCircuit(Description description) throws Exception {
        int port;
        try (ScriptedUpstream gone = new ScriptedUpstream()) {
            port = gone.port();
        }
        try (Deployment lonely = Deployment.builder()
                .upstreamPort(port)
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000")
                .start()) {
            Client client = lonely.client(description);
            for (String path : List.of(LOGIN, REGISTER, REFRESH)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> client.post(path, BODIES.get(path)).code().equals("CIRCUIT_OPEN"));
            }
            for (String path : PURCHASES) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() ->
                                buy(client, path, lonely.token("ann")).code().equals("CIRCUIT_OPEN"));
            }
        }
    }

    /** A fault of the gateway's own, before anything else can go wrong. */
    private static void breakTheLimiter(Map<String, String> values, Description description, List<String> posts) {
        GatewayConfig config = config(values);
        try (Gateway broken = Gateway.builder(config)
                .rateLimiter(check -> CompletableFuture.failedStage(new IllegalStateException("broken by a test")))
                .start()) {
            Client client = new Client("http://127.0.0.1:" + broken.address().getPort(), description);
            for (String path : LOCAL) {
                client.get(path);
                client.send("HEAD", path, BodyPublishers.noBody());
            }
            posts.forEach(path -> client.post(path, BODIES.get(path)));
            PURCHASES.forEach(path -> client.post(path, "{}"));
        }
    }

    /** A Redis that is not there, and one that takes connections and never says a word. */
    private static void loseTheStore(Description description, String token) throws Exception {
        String logout = "{\"refreshToken\":\"" + token + "\"}";
        int port;
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            port = silent.getLocalPort();
            try (Deployment slow =
                    inRedis(port).with("SERVER_HTTP_WRITE_TIMEOUT", "100ms").start()) {
                assertThat(slow.client(description).post(LOGOUT, logout).code()).isEqualTo("REQUEST_TIMEOUT");
            }
        }
        try (Deployment lost = inRedis(port).start()) {
            assertThat(lost.client(description).post(LOGOUT, logout).code()).isEqualTo("SERVICE_UNAVAILABLE");
        }
    }

    private static Deployment.Builder inRedis(int port) {
        return Deployment.builder()
                .gatewayIssues()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(port));
    }

    private static Answer buy(Client client, String path, String token) {
        return client.post(path, "{}", "Authorization", "Bearer " + token);
    }

    private static Deployment.Builder deployment(ScriptedUpstream upstream) {
        return Deployment.builder()
                .upstream(upstream)
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000")
                .with("AUTH_BRUTE_FORCE_ENABLED", "false")
                .with("SERVICES_USER_SERVICE_CIRCUIT_BREAKER", "false")
                .with("SERVICES_ORDER_SERVICE_CIRCUIT_BREAKER", "false");
    }

    private static GatewayConfig config(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("jwt.secret_key", Deployment.SECRET);
        all.put("server.http.host", "127.0.0.1");
        all.put("server.http.port", "0");
        all.put("server.http.graceful_shutdown_timeout", "100ms");
        return GatewayConfig.of(all);
    }
}
