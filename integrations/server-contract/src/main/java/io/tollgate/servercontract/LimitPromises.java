package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.guard.TokenProtection;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.Policies;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Limits: of bad tokens, of several servers together, by the outcome of requests, and without Redis. */
abstract class LimitPromises extends ResponsePromises {
    private static final int CLIENTS = 4;

    @Test
    void limitsTheBadTokensOfAnAddress() throws Exception {
        ServerUnderTest server = serve(guard(shared())
                .tokenProtection(TokenProtection.of(RateLimit.perHour(2)))
                .build());

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(get(server, "/hello", "Authorization", forged()).statusCode());
        }

        assertThat(statuses).containsExactly(401, 401, 429, 429);
        assertHello(getAs("ann", server, "/hello"), "ann");
    }

    @Test
    void twoServersShareALimit() throws Exception {
        ServerUnderTest one = serve(guard(shared(), perHour(5)).build());
        ServerUnderTest other = serve(guard(shared(), perHour(5)).build());

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(getAs("ann", one, "/hello").statusCode());
            statuses.add(getAs("ann", other, "/hello").statusCode());
        }

        assertThat(statuses).containsExactly(200, 200, 200, 200, 200, 429, 429, 429);
        assertThat(events().takeSources()).containsOnly(Source.SHARED);
    }

    @Test
    void admitsExactlyTheLimitOfConcurrentRequests() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(60)).build());
        String bearer = bearer("ann");

        List<Integer> statuses = fromManyClients(
                40, () -> get(server, "/hello", "Authorization", bearer).statusCode());

        assertThat(Collections.frequency(statuses, 200)).isEqualTo(60);
        assertThat(Collections.frequency(statuses, 429)).isEqualTo(CLIENTS * 40 - 60);
    }

    @Test
    void chargesByTheStatusOfTheResponse() throws Exception {
        ServerUnderTest server = serve(guardWithoutTokens(shared(), failures(CommonError.UNAUTHENTICATED))
                .build());

        for (int i = 1; i <= 3; i++) {
            assertThat(get(server, "/status").statusCode())
                    .as("without a failure")
                    .isEqualTo(200);
            awaitSettlements(i);
        }
        handlers().respondWithStatus(401);
        assertThat(get(server, "/status").statusCode()).as("the last failure").isEqualTo(401);
        awaitSettlements(4);
        handlers().respondWithStatus(200);
        assertThat(get(server, "/status").statusCode()).as("after it").isEqualTo(429);
        assertThat(events().settlements()).containsExactly(false, false, false, true);
    }

    @Test
    void chargesForAHandlerThatThrows() throws Exception {
        ServerUnderTest server = serve(guardWithoutTokens(shared(), failures(CommonError.INTERNAL_SERVER_ERROR))
                .build());
        handlers().fail();

        try (Connection connection = new Connection(server.port())) {
            connection.send("""
                    GET /status HTTP/1.1
                    Host: localhost
                    Connection: close

                    """);
            assertThat(connection.readToEnd()).as("an error, or nothing").doesNotStartWith("HTTP/1.1 2");
        }

        awaitSettlements(1);
        assertThat(events().settlements()).containsExactly(true);
        handlers().respondWithStatus(200);
        assertThat(get(server, "/status").statusCode()).isEqualTo(429);
    }

    @Test
    void failsNoRequestWhileRedisIsStopped() throws Exception {
        ServerUnderTest server =
                serve(guard(shared(Duration.ofMillis(50)), perHour(1_000_000)).build());
        String bearer = bearer("ann");
        awaitShared(server, bearer);

        redis().suspend();
        try {
            List<Long> micros = fromManyClients(100, () -> {
                long start = System.nanoTime();
                HttpResponse<String> response = get(server, "/hello", "Authorization", bearer);
                assertHello(response, "ann");
                return (System.nanoTime() - start) / 1_000;
            });

            List<Source> sources = events().takeSources();
            assertThat(sources).hasSize(CLIENTS * 100).containsOnly(Source.FALLBACK);
            long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.printf(
                    "%s: %d requests without Redis: median %d us, p99 %d us%n",
                    getClass().getSimpleName(),
                    sorted.length,
                    sorted[sorted.length / 2],
                    sorted[sorted.length * 99 / 100]);
        } finally {
            redis().resume();
        }
        awaitShared(server, bearer);
    }

    private void awaitShared(ServerUnderTest server, String bearer) {
        Awaitility.await().atMost(WITHIN).until(() -> {
            events().takeSources();
            assertHello(get(server, "/hello", "Authorization", bearer), "ann");
            return events().takeSources().equals(List.of(Source.SHARED));
        });
    }

    /** Returns a policy that charges a request only if it ends with this error, once an hour. */
    private static RateLimitPolicy failures(CommonError error) {
        return Policies.named("failures")
                .limit(RateLimit.perHour(1))
                .chargeOnlyOn(error)
                .build();
    }

    /** Runs a request so many times in each of several threads. */
    private static <T> List<T> fromManyClients(int times, Callable<T> request) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<List<T>>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                running.add(clients.submit(() -> {
                    List<T> results = new ArrayList<>();
                    for (int i = 0; i < times; i++) {
                        results.add(request.call());
                    }
                    return results;
                }));
            }
            List<T> all = new ArrayList<>();
            for (Future<List<T>> client : running) {
                all.addAll(client.get());
            }
            return all;
        } finally {
            clients.shutdownNow();
        }
    }
}
