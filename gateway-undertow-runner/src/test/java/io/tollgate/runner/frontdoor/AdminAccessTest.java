package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.runner.GatewayStartException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access to the pages of the operators' port. */
class AdminAccessTest {
    private static final String TOKEN = "a-token-of-operators";
    private static final List<String> OPEN = List.of("/health/live", "/health/ready", "/metrics");
    private static final List<String> PAGE = List.of("/", "/live/app.js", "/live/uPlot.css");
    private static final List<String> OPERATORS = List.of("/info", "/loggers", "/loggers/ROOT", "/nothing");

    private static ScriptedUpstream upstream;

    @BeforeAll
    static void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    @Test
    void onLoopbackWithoutATokenShowsEverything() throws Exception {
        try (Deployment gateway = gateway().start()) {
            assertThat(statuses(gateway, OPEN)).containsOnly(200);
            assertThat(statuses(gateway, PAGE)).containsOnly(200);
            assertThat(statuses(gateway, OPERATORS)).containsExactly(200, 200, 200, 404);
        }
    }

    @Test
    void withATokenAsksForItOnLoopbackToo() throws Exception {
        try (Deployment gateway = gateway().with("SERVER_ADMIN_TOKEN", TOKEN).start()) {
            assertAsksForTheToken(gateway);
        }
    }

    @Test
    void offLoopbackAsksForTheToken() throws Exception {
        try (Deployment gateway = gateway()
                .with("SERVER_ADMIN_HOST", "0.0.0.0")
                .with("SERVER_ADMIN_TOKEN", TOKEN)
                .start()) {
            assertAsksForTheToken(gateway);
        }
    }

    private static void assertAsksForTheToken(Deployment gateway) {
        assertThat(statuses(gateway, OPEN)).containsOnly(200);
        assertThat(statuses(gateway, PAGE)).as("the page asks for it").containsOnly(200);
        assertThat(statuses(gateway, OPERATORS)).containsOnly(401);
        assertThat(statuses(gateway, List.of("/events"))).containsOnly(401);
        Answer refused = gateway.admin().get("/info");
        assertThat(refused.code()).isEqualTo("MISSING_TOKEN");
        assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(gateway.admin()
                        .get("/info", "Authorization", "Bearer a-token-of-operatorz")
                        .code())
                .isEqualTo("INVALID_TOKEN");
        assertThat(gateway.admin()
                        .get("/info", "Authorization", "Basic " + TOKEN)
                        .code())
                .isEqualTo("INVALID_TOKEN_FORMAT");
        assertThat(gateway.admin()
                        .get("/info", "Authorization", "bearer " + TOKEN)
                        .status())
                .isEqualTo(200);
        assertThat(gateway.admin()
                        .get("/info", "Authorization", "Bearer " + TOKEN)
                        .body())
                .doesNotContain(TOKEN);
        assertThat(gateway.admin().get("/info?token=" + TOKEN).status()).isEqualTo(401);
    }

    @Test
    void offLoopbackWithoutATokenShowsHealthAndMetricsOnly() throws Exception {
        try (Deployment gateway = gateway().with("SERVER_ADMIN_HOST", "0.0.0.0").start()) {
            assertThat(statuses(gateway, OPEN)).containsOnly(200);
            assertThat(statuses(gateway, PAGE)).containsOnly(403);
            assertThat(statuses(gateway, OPERATORS)).containsOnly(403);
            assertThat(gateway.admin().get("/").json().path("message").asText())
                    .contains("server.admin.token", "SERVER_ADMIN_TOKEN");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:9090, 200",
        "127.0.0.1:1, 200",
        "[::1]:9090, 200",
        "ops.example.com:8443, 200",
        "evil.example, 403",
        "localhost.evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "'', 403"
    })
    void answersForItsOwnNamesOnly(String host, int status) throws Exception {
        try (Deployment gateway = gateway()
                .with("SERVER_ADMIN_ALLOWED_HOSTS", "localhost, 127.0.0.1, [::1], ops.example.com")
                .start()) {
            for (String path : List.of("/", "/info", "/loggers", "/live/app.js")) {
                assertThat(status(gateway, path, host)).as(path).isEqualTo(status);
            }
            for (String path : OPEN) {
                assertThat(status(gateway, path, host))
                        .as("probes come by any name")
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host: localhost;Host: localhost;Authorization: Bearer $ | 400",
                "Host: localhost;Host: evil.example;Authorization: Bearer $ | 400",
                "Host: [::1].evil.example;Authorization: Bearer $ | 400",
                "Host: localhost;Authorization: Bearer $;Authorization: Bearer $ | 401",
                "Host: localhost;Authorization: Bearer wrong;Authorization: Bearer $ | 401",
                "Host: localhost;Authorization: Bearer $ | 200"
            })
    void acceptsEachHeaderOnceOnly(String headers, int status) throws Exception {
        try (Deployment gateway = gateway().with("SERVER_ADMIN_TOKEN", TOKEN).start();
                RawConnection connection = new RawConnection(gateway.adminPort())) {
            String lines = headers.replace(";", "\r\n").replace("$", TOKEN);
            connection.send("GET /info HTTP/1.1\r\n" + lines + "\r\n\r\n");

            assertThat(connection.read().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "GET /info HTTP/1.1\r\n\r\n",
                "GET /info HTTP/1.1\r\nHost: localhost\r\nX: $\r\n\r\n"
            })
    void respondsInTheContractsWordsToWhatItCannotRead(String request) throws Exception {
        try (Deployment gateway = gateway().start();
                RawConnection connection = new RawConnection(gateway.adminPort())) {
            connection.send(request.replace("$", "x".repeat(20_000)));
            RawConnection.Response response = connection.read();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.body()).contains("\"code\":\"INVALID_REQUEST\"");
            assertThat(response.closes()).isTrue();
            assertThat(response.headers()).doesNotContainKey("access-control-allow-origin");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void saysWhichPortIsInUseAndWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThatThrownBy(() -> gateway().with("SERVER_ADMIN_PORT", port).start())
                    .isInstanceOf(GatewayStartException.class)
                    .hasMessageContainingAll(
                            "server.admin.port",
                            "127.0.0.1:" + port,
                            "in use",
                            "SERVER_ADMIN_PORT",
                            "server.admin.enabled: false")
                    .message()
                    .hasLineCount(1);
        }
    }

    @Test
    void isNotThereWhenSwitchedOff() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Deployment gateway = gateway()
                        .with("SERVER_ADMIN_ENABLED", "false")
                        .with("SERVER_ADMIN_PORT", Integer.toString(taken.getLocalPort()))
                        .start()) {
            assertThat(gateway.hasAdminPort()).isFalse();
            assertThat(gateway.client().get("/health").status()).isEqualTo(200);
        }
    }

    private static Deployment.Builder gateway() {
        return Deployment.builder().upstream(upstream);
    }

    private static List<Integer> statuses(Deployment gateway, List<String> paths) {
        return paths.stream().map(path -> gateway.admin().get(path).status()).toList();
    }

    private static int status(Deployment gateway, String path, String host) throws Exception {
        try (RawConnection connection = new RawConnection(gateway.adminPort())) {
            connection.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            return connection.read().status();
        }
    }
}
