package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

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
    void saysSoWhenThePortIsTaken() throws Exception {
        try (GatewayProcess first = GatewayProcess.start(
                        Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", "0"), "--config", CONTRACT.toString());
                GatewayProcess second = GatewayProcess.start(
                        Map.of("SERVER_ADMIN_PORT", "0", "SERVER_HTTP_PORT", Integer.toString(first.awaitPort())),
                        "--config",
                        CONTRACT.toString())) {
            assertThat(second.awaitExit()).isNotZero();
            assertThat(second.output())
                    .contains(Integer.toString(first.awaitPort()))
                    .containsIgnoringCase("in use")
                    .doesNotContain("\tat ");
        }
    }
}
