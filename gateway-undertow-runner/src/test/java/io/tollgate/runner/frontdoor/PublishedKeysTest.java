package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An issuer that publishes its keys, beside a secret of the gateway's own that has no name. */
class PublishedKeysTest {
    private static final String TICKETS = "/api/v1/tickets/rock-2026/purchase";
    private static final int MAX_WAITING = 256;
    private static final int BURST = MAX_WAITING + 40;

    private final TokenKey first = TestKeys.fresh(SignatureAlgorithm.ES256).withKid("first");
    private final TokenKey next = TestKeys.fresh(SignatureAlgorithm.ES256).withKid("next");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile boolean hangs;
    private volatile KeySet published = KeySet.of(first);
    private HttpServer issuer;

    @BeforeEach
    void publish() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.setExecutor(threads);
        issuer.createContext("/", exchange -> {
            try (exchange) {
                fetches.incrementAndGet();
                if (hangs) {
                    released.await();
                }
                byte[] jwks = published.toPublicJwks().getBytes(UTF_8);
                exchange.sendResponseHeaders(200, jwks.length);
                exchange.getResponseBody().write(jwks);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        issuer.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        issuer.stop(0);
        threads.shutdownNow();
    }

    @Test
    void acceptsARotatedKeyAsSoonAsItMayFetchAgain() throws Exception {
        try (Deployment gateway = gateway().start()) {
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(buy(gateway, first).status()).isEqualTo(200));
            assertThat(buy(gateway, TestKeys.of(SignatureAlgorithm.HS256)).status())
                    .as("a secret that is not the gateway's")
                    .isEqualTo(401);

            published = KeySet.of(next, first);

            // Within the 10 s for which it fetches no more, not after the 5 minutes of jwt.jwks_refresh.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(buy(gateway, next).status()).isEqualTo(200));
            assertThat(fetches).hasValue(2);
        }
    }

    @Test
    void letsABoundedNumberOfRequestsWaitForAnIssuerThatHangs() throws Exception {
        try (Deployment gateway = gateway().start()) {
            burst(gateway).forEach(CompletableFuture::join); // Warms up and opens connections.
            hang(gateway);

            List<CompletableFuture<Answer>> requests = burst(gateway);

            Awaitility.await().until(() -> count(gateway, "tollgate_keys_turned_away_total") >= BURST - MAX_WAITING);
            assertThat(count(gateway, "tollgate_keys_waiting")).isEqualTo(MAX_WAITING);
            assertThat(buy(gateway, first).status())
                    .as("with a key that is there")
                    .isEqualTo(200);
            released.countDown();
            List<Integer> statuses =
                    requests.stream().map(request -> request.join().status()).toList();
            assertThat(statuses).containsOnly(401, 503);
            assertThat(statuses)
                    .filteredOn(status -> status == 503)
                    .hasSize(count(gateway, "tollgate_keys_turned_away_total"));
            Awaitility.await().until(() -> count(gateway, "tollgate_keys_waiting") == 0);
        }
    }

    @Test
    void chargesTheAddressOfRequestsThatWait() throws Exception {
        try (Deployment gateway = gateway()
                .with("AUTH_BRUTE_FORCE_ENABLED", "true")
                .with("AUTH_BRUTE_FORCE_BAD_TOKENS", "1000000")
                .with("AUTH_BRUTE_FORCE_VERIFICATIONS", "100")
                .with("AUTH_BRUTE_FORCE_VERIFICATIONS_PER_SECOND", "1")
                .start()) {
            hang(gateway);

            List<CompletableFuture<Answer>> requests = burst(gateway);

            Awaitility.await()
                    .until(() ->
                            requests.stream().filter(CompletableFuture::isDone).count() >= BURST - 100);
            assertThat(requests)
                    .filteredOn(CompletableFuture::isDone)
                    .allMatch(request -> request.join().code().equals("RATE_LIMIT_EXCEEDED"));
            released.countDown();
            assertThat(requests.stream().map(request -> request.join().code()))
                    .contains("INVALID_TOKEN")
                    .containsOnly("INVALID_TOKEN", "RATE_LIMIT_EXCEEDED");
        }
    }

    /** Makes the issuer hang, and sends tokens of unknown keys until one of them waits for it. */
    private void hang(Deployment gateway) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(buy(gateway, first).status()).isEqualTo(200));
        hangs = true;
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    CompletableFuture<Answer> unused = send(gateway, first.withKid("probe"));
                    return fetches.get() > 1;
                });
    }

    private List<CompletableFuture<Answer>> burst(Deployment gateway) {
        List<CompletableFuture<Answer>> requests = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            requests.add(send(gateway, first.withKid("made-up-" + i)));
        }
        return requests;
    }

    private static CompletableFuture<Answer> send(Deployment gateway, TokenKey key) {
        return gateway.client().sendAsync("POST", TICKETS, BodyPublishers.ofString("{}"), headers(key));
    }

    private static int count(Deployment gateway, String metric) {
        return gateway.scrape()
                .lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(metric.length() + 1)))
                .sum();
    }

    private Deployment.Builder gateway() {
        return Deployment.builder()
                .with("JWT_JWKS_URL", url())
                .with("AUTH_BRUTE_FORCE_ENABLED", "false")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000");
    }

    private String url() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort() + "/jwks.json";
    }

    private static Answer buy(Deployment gateway, TokenKey key) {
        return gateway.client().post(TICKETS, "{}", headers(key));
    }

    private static String[] headers(TokenKey key) {
        String header = "{\"alg\":\"" + key.algorithm() + "\""
                + key.kid().map(kid -> ",\"kid\":\"" + kid + "\"").orElse("") + "}";
        String claims = "{\"user_id\":\"u\",\"exp\":" + (Instant.now().getEpochSecond() + 600) + "}";
        return new String[] {"Authorization", "Bearer " + TestToken.sign(key, header, claims)};
    }
}
