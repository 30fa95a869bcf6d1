package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file of the contract, and the environment over it, with the real process. */
class ConfigFileTest {
    private static final Path CONTRACT =
            Path.of("..", "config.yaml").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    @Test
    void runsWithTheConfigurationFileOfTheContractAsItStands() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(
                Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", "0"), "--config", CONTRACT.toString())) {
            Answer health = new Client("http://127.0.0.1:" + gateway.awaitPort()).get("/health");

            assertThat(health.json().get("service").asText()).isEqualTo("booking-tickets-api-gateway");
            assertThat(health.json().get("version").asText()).isEqualTo("1.0.0");
            assertThat(health.header("X-RateLimit-Limit")).isEqualTo("100");
            assertThat(health.header("X-RateLimit-RefillRate")).isEqualTo("1.67");
        }
    }

    @Test
    void letsTheEnvironmentOverrideTheFile() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("SERVER_HTTP_PORT", "0");
        environment.put("SERVER_ADMIN_PORT", "0");
        environment.put("REDIS_ENABLED", "false");
        environment.put("REDIS_TOKEN_BUCKET_CAPACITY", "7");
        environment.put("APP_NAME", "from-the-environment");
        try (GatewayProcess gateway = GatewayProcess.start(environment, "--config", CONTRACT.toString())) {
            Answer health = new Client("http://127.0.0.1:" + gateway.awaitPort()).get("/health");

            assertThat(health.json().get("service").asText()).isEqualTo("from-the-environment");
            assertThat(health.header("X-RateLimit-Limit")).isEqualTo("7");
        }
    }

    @Test
    void refusesTheSampleSecretInProduction() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(
                Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", "0", "APP_ENVIRONMENT", "production"),
                "--config",
                CONTRACT.toString())) {
            assertThat(gateway.awaitExit()).isNotZero();
            assertThat(gateway.output())
                    .contains("jwt.secret_key")
                    .contains("config.yaml:")
                    .doesNotContain("your-secret-key-change");
        }
    }

    @Test
    void listsEveryProblemWithItsPlaceAtOnce() throws Exception {
        Path file = directory.resolve("bad.yaml");
        Files.writeString(file, """
                server:
                  http:
                    port: eighty
                    read_timeot: "30s"
                jwt:
                  secret_key: "short"
                """);
        try (GatewayProcess gateway =
                GatewayProcess.start(Map.of("REDIS_PORT", "tcp://10.0.0.1:6379"), "--config", file.toString())) {
            assertThat(gateway.awaitExit()).isNotZero();
            assertThat(gateway.output())
                    .contains("server.http.port", "eighty", "bad.yaml:3")
                    .contains("read_timeot", "bad.yaml:4", "read_timeout")
                    .contains("jwt.secret_key", "bad.yaml:6")
                    .contains("REDIS_PORT", "tcp://10.0.0.1:6379")
                    .doesNotContain("short\"")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void namesTheKeyOfAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(startsNot(Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", port)))
                    .contains("server.http.port: cannot listen on 127.0.0.1:" + port + ": ")
                    .contains("(choose another port with SERVER_HTTP_PORT)");
            assertThat(startsNot(Map.of("SERVER_ADMIN_PORT", port, "SERVER_HTTP_PORT", "0")))
                    .contains("server.admin.port: cannot listen on 127.0.0.1:" + port + ": ")
                    .contains("(choose another port with SERVER_ADMIN_PORT, or disable it: ");
        }
    }

    @Test
    void namesTheKeyOfAnAddressThatIsNotOfThisMachine() throws Exception {
        assertThat(startsNot(
                        Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", "0", "SERVER_HTTP_HOST", "192.0.2.1")))
                .contains("server.http.host: cannot listen on 192.0.2.1:0: ");
        assertThat(startsNot(
                        Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", "0", "SERVER_ADMIN_HOST", "192.0.2.1")))
                .contains("server.admin.host: cannot listen on 192.0.2.1:0: ");
    }

    private static String startsNot(Map<String, String> environment) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("SERVER_HTTP_HOST", "127.0.0.1");
        try (GatewayProcess gateway = GatewayProcess.start(all, "--config", CONTRACT.toString())) {
            assertThat(gateway.awaitExit()).as(gateway.output()).isEqualTo(1);
            return assertThat(gateway.output()).doesNotContain("\tat ").actual();
        }
    }
}
