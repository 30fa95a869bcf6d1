package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tollgate.grpc.user.LoginResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guesses that are sent at once reach the user service no more often than guesses one after another. */
class GuessingRaceTest {
    private static final int FAILURES = 5;
    private static final String ADDRESS = "198.51.100.1";

    private final ExecutorService threads = Executors.newFixedThreadPool(32);
    private final AtomicInteger reached = new AtomicInteger();
    private ScriptedUpstream upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = new ScriptedUpstream();
        upstream.login = (request, response) -> {
            reached.incrementAndGet();
            threads.execute(() -> response.onError(Status.UNAUTHENTICATED.asRuntimeException()));
        };
    }

    @AfterEach
    void stop() {
        upstream.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void concurrentGuessesReachTheUserServiceAsOftenAsSequentialOnes(boolean spraying) throws Exception {
        try (Deployment deployment = gateway().start()) {
            Client client = deployment.client();
            for (int i = 0; i < 4 * FAILURES; i++) {
                login(client, ADDRESS, spraying ? "user-" + i : "ann");
            }
            int sequential = reached.getAndSet(0);

            List<CompletableFuture<Integer>> guesses = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String account = spraying ? "sprayed-" + i : "bob";
                guesses.add(CompletableFuture.supplyAsync(
                        () -> login(client, "198.51.100.2", account).status(), threads));
            }
            List<Integer> statuses =
                    guesses.stream().map(CompletableFuture::join).toList();

            assertThat(sequential).isEqualTo(FAILURES);
            assertThat(reached.get()).isEqualTo(sequential);
            assertThat(statuses).containsOnly(401, 429);
        }
    }

    @Test
    void anOutageOfTheUserServiceLocksNobodyOut() throws Exception {
        upstream.login = ScriptedUpstream.failing(Status.UNAVAILABLE.asRuntimeException());
        try (Deployment deployment =
                gateway().with("SERVICES_USER_SERVICE_CIRCUIT_BREAKER", "false").start()) {
            Client client = deployment.client();
            for (int i = 0; i < 4 * FAILURES; i++) {
                assertThat(login(client, ADDRESS, "ann").status()).isEqualTo(503);
            }

            upstream.login = ScriptedUpstream.answering(LoginResponse.newBuilder()
                    .setUser(
                            io.tollgate.grpc.user.User.newBuilder().setId("u-1").setEmail("ann@example.org"))
                    .setAccessToken("access")
                    .setRefreshToken("refresh")
                    .build());

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(login(client, ADDRESS, "ann").status()).isEqualTo(200));
        }
    }

    @Test
    void aClientThatLeavesPaysForItsGuess() throws Exception {
        upstream.login = (request, response) -> reached.incrementAndGet();
        try (Deployment deployment = gateway().start()) {
            Client client = deployment.client();
            for (int i = 1; i <= FAILURES; i++) {
                try (RawConnection leaving = new RawConnection(deployment.port())) {
                    leaving.send(raw("ann"));
                    int calls = i;
                    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> reached.get() == calls);
                }
            }
            upstream.login = ScriptedUpstream.failing(Status.UNAUTHENTICATED.asRuntimeException());

            assertThat(login(client, ADDRESS, "ann").status()).isEqualTo(429);
        }
    }

    @Test
    void aClientThatLeavesBeforeItsGuessPaysNothing() throws Exception {
        try (Deployment deployment = gateway().start()) {
            Client client = deployment.client();
            for (int i = 0; i < 4 * FAILURES; i++) {
                try (RawConnection leaving = new RawConnection(deployment.port())) {
                    String request = raw("ann");
                    leaving.send(request.substring(0, request.length() - 5));
                }
            }

            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() ->
                            assertThat(login(client, ADDRESS, "ann").status()).isEqualTo(401));
        }
    }

    private Deployment.Builder gateway() {
        return Deployment.builder()
                .upstream(upstream)
                .with("SERVER_HTTP_TRUSTED_PROXIES", "127.0.0.1")
                .with("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", Integer.toString(FAILURES))
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000");
    }

    private static String raw(String name) {
        String body = body(name);
        return "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + ADDRESS
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String body(String name) {
        return "{\"email\":\"" + name + "@example.org\",\"password\":\"a wrong horse\"}";
    }

    private static Answer login(Client client, String address, String name) {
        return client.post("/api/v1/users/login", body(name), "X-Forwarded-For", address);
    }
}
