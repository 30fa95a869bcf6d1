package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file changes while the gateway runs. */
class ReloadTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void limitsAndPoliciesOfTheFileAreTakenOver() throws Exception {
        Path file = write("100", "");
        try (GatewayProcess gateway = start(file)) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort());
            for (int i = 0; i < 50; i++) {
                client.get("/health");
            }
            assertThat(client.get("/nowhere").header("X-RateLimit-Limit")).isEqualTo("100");

            write("1000", "{name: heavy, routes: [/health], limits: 1/day}");
            awaitTold(gateway, "has changed, and the rate limits with it", 1);

            Answer other = client.get("/nowhere");
            assertThat(other.header("X-RateLimit-Limit")).isEqualTo("1000");
            assertThat(Integer.parseInt(other.header("X-RateLimit-Remaining")))
                    .as("the share that was left of it")
                    .isBetween(450, 500);
            assertThat(client.get("/health").header("X-RateLimit-Limit")).isEqualTo("1");
            assertThat(client.get("/health").status()).isEqualTo(429);

            write("100", "");
            awaitTold(gateway, "has changed, and the rate limits with it", 2);
            assertThat(client.get("/health").header("X-RateLimit-Limit")).isEqualTo("100");
        }
    }

    @Test
    void whatIsWrongIsSaidOnceAndChangesNothing() throws Exception {
        Path file = write("100", "{name: heavy, limits: 5/day}");
        try (GatewayProcess gateway = start(file)) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort());

            write("none", "{name: heavy, limits: 7/day, shado: true}");
            awaitTold(gateway, "has changed and is not reloaded", 1);

            assertThat(client.get("/health").header("X-RateLimit-Limit")).isEqualTo("5");
            assertThat(gateway.output())
                    .contains("redis.token_bucket.capacity: none (expected: ")
                    .contains("rate_limit.policies[0].shado: unknown key (did you mean shadow?)");

            write("100", "{name: heavy, limits: 7/day}");
            awaitTold(gateway, "has changed, and the rate limits with it", 1);
            assertThat(client.get("/health").header("X-RateLimit-Limit")).isEqualTo("7");
            assertThat(count(gateway, "is not reloaded")).isEqualTo(1);
        }
    }

    @Test
    void whatNeedsAStartIsNamed() throws Exception {
        Path file = write("100", "");
        try (GatewayProcess gateway = start(file)) {
            gateway.awaitPort();

            Files.writeString(file, Files.readString(file) + "app: {name: another}\nserver: {http: {io_threads: 3}}\n");
            awaitTold(gateway, "in settings that need a restart to apply", 1);

            assertThat(gateway.output()).contains("restart to apply: app.name, server.http.io_threads");
        }
    }

    private static GatewayProcess start(Path file) throws IOException {
        return GatewayProcess.start(
                Map.of(
                        "JWT_SECRET_KEY", "a secret of these tests, which is long enough",
                        "SERVER_HTTP_HOST", "127.0.0.1",
                        "SERVER_HTTP_PORT", "0",
                        "SERVER_ADMIN_PORT", "0",
                        "RATE_LIMIT_RELOAD_INTERVAL", "20ms"),
                "--config",
                file.toString());
    }

    /** Puts another file in its place, as an editor does. */
    private Path write(String capacity, String policy) throws IOException {
        Path draft = Files.writeString(folder.resolve("draft.yaml"), """
                redis:
                  token_bucket: {capacity: %s, refill_rate: 0.01}
                rate_limit:
                  policies: [%s]
                """.formatted(capacity, policy));
        return Files.move(draft, folder.resolve("config.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitTold(GatewayProcess gateway, String text, int times) {
        Awaitility.await(text).atMost(WITHIN).until(() -> count(gateway, text) == times);
    }

    private static long count(GatewayProcess gateway, String text) {
        return Pattern.compile(Pattern.quote(text))
                .matcher(gateway.output())
                .results()
                .count();
    }
}
