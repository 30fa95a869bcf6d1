package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The default policy through the front door; each test has a gateway, and so buckets, of its own. */
class RateLimitTest {
    @Test
    void refusesTheRequestAfterTheLastTokenAndSaysWhenToComeBack() throws Exception {
        try (Deployment deployment = limited(3)) {
            Client client = deployment.client();
            for (int left = 2; left >= 0; left--) {
                assertThat(client.get("/health").header("X-RateLimit-Remaining"))
                        .isEqualTo(Integer.toString(left));
            }

            Answer refused = client.get("/health");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.error()).isEqualTo("RATE_LIMIT_ERROR");
            assertThat(refused.code()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(refused.json().at("/details/remaining_tokens").asInt()).isZero();
            assertThat(refused.json().at("/details/capacity").asInt()).isEqualTo(3);
            assertThat(refused.json().at("/details/refill_rate").asDouble()).isEqualTo(0.01);
            assertThat(Instant.parse(refused.json().at("/details/next_refill").asText()))
                    .isCloseTo(Instant.now().plusSeconds(100), within(Duration.ofSeconds(30)));
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(70, 100);
            assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(refused.header("X-RateLimit-RefillRate")).isEqualTo("0.01");
        }
    }

    @Test
    void limitsUsersByUserAndEveryoneElseByAddress() throws Exception {
        try (Deployment deployment = limited(2)) {
            Client client = deployment.client();
            String ann = deployment.token("ann");
            String bob = deployment.token("bob");

            assertThat(purchase(client, ann).header("X-RateLimit-Remaining")).isEqualTo("1");
            assertThat(purchase(client, ann).header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(purchase(client, ann).status()).isEqualTo(429);

            assertThat(purchase(client, bob).header("X-RateLimit-Remaining")).isEqualTo("1");
            assertThat(client.get("/health", "Authorization", "Bearer " + ann).header("X-RateLimit-Remaining"))
                    .as("a route without a token goes by address")
                    .isEqualTo("1");
        }
    }

    @Test
    void chargesGuessesOfTokensToTheirAddress() throws Exception {
        try (Deployment deployment = limited(2)) {
            Client client = deployment.client();

            assertThat(purchase(client, "guess-1").status()).isEqualTo(401);
            assertThat(purchase(client, "guess-2").status()).isEqualTo(401);
            assertThat(purchase(client, "guess-3").status()).isEqualTo(429);
            assertThat(client.get("/health").status()).isEqualTo(429);
        }
    }

    @Test
    void chargesUnknownRoutesAndMethodsToo() throws Exception {
        try (Deployment deployment = limited(2)) {
            Client client = deployment.client();

            assertThat(client.get("/nothing").status()).isEqualTo(404);
            assertThat(client.send("DELETE", "/health", BodyPublishers.noBody()).status())
                    .isEqualTo(405);
            assertThat(client.get("/nothing").status()).isEqualTo(429);
        }
    }

    @Test
    void tellsClientsBehindATrustedProxyApart() throws Exception {
        try (Deployment deployment = deployment()
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "2")
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                .with("SERVER_HTTP_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8")
                .start()) {
            Client client = deployment.client();

            assertThat(remaining(client, "198.51.100.7")).isEqualTo("1");
            assertThat(remaining(client, "198.51.100.8, 10.1.1.1")).isEqualTo("1");
            assertThat(remaining(client, "203.0.113.1, 198.51.100.7"))
                    .as("the last that is not trusted")
                    .isEqualTo("0");
        }
    }

    @Test
    void doesNotBelieveForwardedHeadersOfStrangers() throws Exception {
        try (Deployment deployment = limited(2)) {
            Client client = deployment.client();

            assertThat(remaining(client, "198.51.100.7")).isEqualTo("1");
            assertThat(remaining(client, "198.51.100.8")).isEqualTo("0");
        }
    }

    /** Returns a deployment whose clients speak HTTP/1.1. */
    Deployment.Builder deployment() {
        return Deployment.builder();
    }

    private Deployment limited(int capacity) throws Exception {
        return deployment()
                .with("REDIS_TOKEN_BUCKET_CAPACITY", Integer.toString(capacity))
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                .start();
    }

    private static String remaining(Client client, String forwardedFor) {
        return client.get("/health", "X-Forwarded-For", forwardedFor).header("X-RateLimit-Remaining");
    }

    private static Answer purchase(Client client, String token) {
        return client.send(
                "POST",
                "/api/v1/tickets/rock-2026/purchase",
                BodyPublishers.noBody(),
                "Authorization",
                "Bearer " + token);
    }
}
