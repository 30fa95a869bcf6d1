package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.runner.Gateway;
import java.time.Instant;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Deadlines that pass while the gateway itself is busy. */
class DeadlineTest {
    private final AtomicInteger sold = new AtomicInteger();
    private final OrderGateway orders = (purchase, context) -> {
        sold.incrementAndGet();
        return TestGateway.orders().purchase(purchase, context);
    };

    @Test
    void theDecisionOfTheLimiterCounts() {
        Queue<Runnable> held = new ConcurrentLinkedQueue<>();
        RateLimiter limiter = check -> {
            CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
            held.add(() -> decision.complete(allowed(check)));
            return decision;
        };
        try (Gateway gateway = TestGateway.builder()
                        .rateLimiter(limiter)
                        .orders(orders)
                        .start();
                RawClient client = new RawClient(gateway.address())) {
            RawResponse response =
                    client.send(purchase("now-1", "X-Request-Timeout: 0.1\r\n")).read();

            assertThat(response.status()).isEqualTo(504);
            assertThat(response.code()).isEqualTo("REQUEST_TIMEOUT");
            held.remove().run();
            client.send(purchase("now-2", ""));
            await().until(() -> !held.isEmpty());
            held.remove().run();
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(sold)
                    .as("calls, none for the request whose time had passed")
                    .hasValue(1);
        }
    }

    @Test
    void theDecisionOfTheLimiterCountsAgainstTheTimeOfTheGateway() {
        AtomicInteger called = new AtomicInteger();
        Queue<Runnable> held = new ConcurrentLinkedQueue<>();
        RateLimiter limiter = check -> {
            CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
            held.add(() -> decision.complete(allowed(check)));
            return decision;
        };
        try (Gateway gateway = TestGateway.builder("server.http.write_timeout", "100ms")
                        .rateLimiter(limiter)
                        .route("GET", "/own", AccessRule.token(), request -> {
                            called.incrementAndGet();
                            return CompletableFuture.completedStage(HttpResponse.empty(204));
                        })
                        .start();
                RawClient client = new RawClient(gateway.address())) {
            String request = "GET /own HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TestGateway.TOKEN + "\r\n\r\n";
            assertThat(client.send(request).read().code()).isEqualTo("REQUEST_TIMEOUT");

            held.remove().run(); // The request goes on in this thread, up to the endpoint.
            assertThat(called).as("calls for a request that has its response").hasValue(0);
        }
    }

    private static RateLimitDecision allowed(RateLimitCheck check) {
        return RateLimitDecision.allowed(check, 1, Instant.now());
    }

    @Test
    void aRequestInTimeIsNotTouchedByItsDeadline() {
        try (Gateway gateway = TestGateway.builder().orders(orders).start();
                RawClient client = new RawClient(gateway.address())) {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            for (int i = 0; i < 500; i++) {
                // Ten seconds and more, each different.
                String time = (10 + random.nextInt(1_000_000)) + "." + random.nextInt(1_000_000);

                RawResponse response = client.send(purchase("now-" + i, "X-Request-Timeout: " + time + "\r\n"))
                        .read();

                assertThat(response.status()).as("%s, of seed %d", time, seed).isEqualTo(200);
            }
            assertThat(sold).hasValue(500);
        }
    }

    @Test
    void twoLinesAreRejected() {
        try (Gateway gateway = TestGateway.builder().orders(orders).start()) {
            RawResponse response = RawClient.exchange(
                    gateway.address(), purchase("now-1", "X-Request-Timeout: 1\r\nX-Request-Timeout: 1\r\n"));

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.json().at("/details/violations/0/field").asText())
                    .isEqualTo("X-Request-Timeout");
            assertThat(sold).hasValue(0);
        }
    }
}
