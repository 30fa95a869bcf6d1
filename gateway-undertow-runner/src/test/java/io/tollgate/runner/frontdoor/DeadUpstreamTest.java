package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A service that is not there at all. */
class DeadUpstreamTest {
    private static final String CREDENTIALS = "{\"email\":\"ann@example.org\",\"password\":\"correct horse\"}";

    @Test
    void answers503AndOpensTheCircuitWhileTheServiceIsAway() throws Exception {
        int port;
        try (ScriptedUpstream gone = new ScriptedUpstream()) {
            port = gone.port();
        }
        try (Deployment deployment = Deployment.builder()
                .upstreamPort(port)
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "100000")
                .start()) {
            Client client = deployment.client();

            Answer first = client.post("/api/v1/users/login", CREDENTIALS);
            assertThat(first.status()).isEqualTo(503);
            assertThat(first.error()).isEqualTo("SERVICE_ERROR");
            assertThat(first.code()).isEqualTo("SERVICE_UNAVAILABLE");
            assertThat(first.body()).doesNotContain("127.0.0.1").doesNotContain(Integer.toString(port));

            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                Answer open = client.post("/api/v1/users/login", CREDENTIALS);
                assertThat(open.code()).isEqualTo("CIRCUIT_OPEN");
                assertThat(open.status()).isEqualTo(503);
                assertThat(Integer.parseInt(open.header("Retry-After"))).isPositive();
            });
            assertThat(client.get("/health").status()).as("this process is up").isEqualTo(200);
        }
    }
}
