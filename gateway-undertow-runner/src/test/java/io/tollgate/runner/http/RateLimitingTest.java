package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.post;
import static io.tollgate.runner.http.TestGateway.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Matchers;
import io.tollgate.ratelimit.Policies;
import io.tollgate.runner.Gateway;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitingTest {
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String BAD_TOKEN =
            "POST /api/v1/tickets/e/purchase HTTP/1.1\r\nHost: x\r\n" + "Authorization: Bearer not.a.token\r\n\r\n";
    private static final ExecutorService ELSEWHERE = Executors.newSingleThreadExecutor();

    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("server.http.max_body_size", "1KiB");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        ELSEWHERE.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /health, 0, 200",
        "GET, /nowhere, 0, 404",
        "DELETE, /health, 0, 405",
        "POST, /api/v1/tickets/e/purchase, 0, 401",
        "POST, /api/v1/users/login, 2, 400",
        "POST, /api/v1/users/login, 2000, 413",
    })
    void everyAnswerTellsWhatIsLeft(String method, String path, int length, int status) {
        RawResponse answer = RawClient.exchange(
                gateway.address(),
                method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n"
                        + "x".repeat(length));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("1000000");
        assertThat(Long.parseLong(answer.header("X-RateLimit-Remaining"))).isBetween(0L, 999_999L);
        assertThat(Long.parseLong(answer.header("X-RateLimit-Reset"))).isGreaterThan(1_700_000_000L);
        assertThat(answer.header("X-RateLimit-RefillRate")).isEqualTo("1.67");
        assertThat(answer.header("RateLimit")).isNull();
    }

    @Test
    void refusesAndSaysUntilWhen() {
        try (Gateway small = limited(1)) {
            assertThat(send(small, HEALTH).status()).isEqualTo(200);
            RawResponse refused = send(small, HEALTH);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
            assertThat(refused.json().at("/details/capacity").asInt()).isEqualTo(1);
        }
    }

    @Test
    void usersAreLimitedByUserAndOthersByAddress() {
        try (Gateway small = limited(1)) {
            assertThat(send(small, purchase("e", "")).status()).isEqualTo(200);
            assertThat(send(small, HEALTH).status()).isEqualTo(200);
            assertThat(send(small, purchase("e", "")).status()).isEqualTo(429);
            assertThat(send(small, purchase("e", "").replace(TestGateway.TOKEN, TestGateway.token("user-2")))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void guessingTokensCostsTokens() {
        try (Gateway small = limited(2)) {
            assertThat(send(small, BAD_TOKEN).status()).isEqualTo(401);
            RawResponse second = send(small, BAD_TOKEN);
            assertThat(second.status()).isEqualTo(401);
            assertThat(second.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(send(small, BAD_TOKEN).status()).isEqualTo(429);
            assertThat(send(small, HEALTH).status()).isEqualTo(429);
        }
    }

    @Test
    void aTokenDoesNotLiftTheLimitWhereNoneIsNeeded() {
        try (Gateway small = limited(1)) {
            String login = post(
                    "/api/v1/users/login",
                    "{\"email\":\"ann@example.org\",\"password\":\"secret-1\"}",
                    "Authorization: Bearer " + TestGateway.TOKEN + "\r\n");

            assertThat(send(small, login).status()).isEqualTo(200);
            assertThat(send(small, login).status()).isEqualTo(429);
        }
    }

    @Test
    void malformedRequestsCostNothing() {
        try (Gateway small = limited(1)) {
            assertThat(send(small, "garbage\r\n\r\n").status()).isEqualTo(400);
            assertThat(send(small, "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n")
                            .status())
                    .isEqualTo(400);
            assertThat(send(small, HEALTH).status()).isEqualTo(200);
        }
    }

    @Test
    void proxiesThatAreTrustedAreLookedThrough() {
        try (Gateway small =
                TestGateway.start("redis.token_bucket.capacity", "1", "server.http.trusted_proxies", "127.0.0.0/8")) {
            String first = "GET /health HTTP/1.1\r\nHost: x\r\nForwarded: for=192.0.2.1\r\n\r\n";
            String second = "GET /health HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.2\r\n\r\n";

            assertThat(send(small, first).status()).isEqualTo(200);
            assertThat(send(small, second).status()).isEqualTo(200);
            assertThat(send(small, first).status()).isEqualTo(429);
        }
    }

    @Test
    void sendsTheDraftsFieldsWhereAsked() {
        try (Gateway standard = TestGateway.start("rate_limit.standard_headers", "true")) {
            RawResponse answer = send(standard, HEALTH);

            assertThat(answer.header("RateLimit-Policy")).isEqualTo("\"default\";q=1000000;w=60");
            assertThat(answer.header("RateLimit")).matches("\"default\";r=999999;t=[01]");
            assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("1000000");
        }
    }

    @Test
    void addsAPartitionKeyIfItHasASecret() {
        try (Gateway standard = TestGateway.start(
                "rate_limit.standard_headers",
                "true",
                "rate_limit.partition_key_secret",
                "0123456789abcdef0123456789abcdef")) {
            assertThat(send(standard, HEALTH).header("RateLimit-Policy"))
                    .matches("\"default\";q=1000000;w=60;pk=:[A-Za-z0-9+/]{22}==:");
        }
    }

    @Test
    void reportsThePolicyWithTheLeastLeft() {
        RateLimitPolicy wide =
                Policies.named("wide").limit(RateLimit.perHour(1000)).build();
        RateLimitPolicy narrow =
                Policies.named("narrow").limit(RateLimit.perHour(2)).build();
        try (Gateway both = unlimited().policies(wide, narrow).start()) {
            assertThat(send(both, HEALTH).header("X-RateLimit-Limit")).isEqualTo("2");
            send(both, HEALTH);
            assertThat(send(both, HEALTH).status()).isEqualTo(429);
        }
    }

    @Test
    void failedLoginsAreChargedToTheirAccount() {
        TestGateway.Users strict = new TestGateway.Users() {
            @Override
            public CompletionStage<Session> login(Credentials credentials, CallContext context) {
                return credentials.password().equals("right-password")
                        ? super.login(credentials, context)
                        : CompletableFuture.failedStage(GatewayException.of(CommonError.UNAUTHENTICATED, "No."));
            }
        };
        RateLimitPolicy failures = Policies.named("failed-logins")
                .key(KeySelector.attribute("account"))
                .when(Matchers.route("/api/v1/users/login"))
                .limit(RateLimit.perHour(2))
                .phase(RateLimitContext.Phase.BODY)
                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                .build();
        LocalRateLimiter limiter = LocalRateLimiter.builder().build();
        try (Gateway guarded = unlimited()
                .users(strict)
                .policies(failures)
                .rateLimiter(elsewhere(limiter))
                .start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(send(guarded, login("ann", "right-password")).status())
                        .isEqualTo(200);
            }
            assertThat(send(guarded, login("ann", "wrong-password")).status()).isEqualTo(401);
            RawResponse second = send(guarded, login("ann", "wrong-password"));
            assertThat(second.status()).isEqualTo(401);
            assertThat(second.header("X-RateLimit-Remaining"))
                    .as("a reservation is reported only when it rejects")
                    .isNull();
            RawResponse rejected = send(guarded, login("ann", "right-password"));
            assertThat(rejected.status()).isEqualTo(429);
            assertThat(rejected.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(send(guarded, login("bob", "right-password")).status()).isEqualTo(200);
        }
    }

    @Test
    void aPolicyThatThrowsFailsItsRequest() {
        try (Gateway broken = unlimited()
                .policies(facts -> {
                    throw new IllegalStateException("marked");
                })
                .start()) {
            assertThat(send(broken, HEALTH).code()).isEqualTo("INTERNAL_SERVER_ERROR");
        }
    }

    @Test
    void aLimiterThatFailsOnTheOutcomeDoesNotChangeTheAnswer() {
        RateLimitPolicy outcome = Policies.named("outcome")
                .limit(RateLimit.perHour(1))
                .phase(io.tollgate.api.ratelimit.RateLimitContext.Phase.OUTCOME)
                .build();
        try (Gateway broken = unlimited()
                .policies(outcome)
                .rateLimiter(check -> CompletableFuture.failedStage(new IllegalStateException("marked")))
                .start()) {
            assertThat(send(broken, HEALTH).status()).isEqualTo(200);
        }
    }

    /** A gateway without policies of its own. */
    private static Gateway.Builder unlimited() {
        return TestGateway.builder("rate_limit.default_policy", "false", "auth.brute_force.enabled", "false");
    }

    /** Completes on another thread, as a limiter with a shared store does. */
    private static RateLimiter elsewhere(LocalRateLimiter limiter) {
        return new RateLimiter() {
            @Override
            public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
                return CompletableFuture.supplyAsync(() -> limiter.decideNow(check), ELSEWHERE);
            }

            @Override
            public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
                return CompletableFuture.completedFuture(decision).thenComposeAsync(limiter::refund, ELSEWHERE);
            }
        };
    }

    private static Gateway limited(int capacity) {
        return TestGateway.start(
                "redis.token_bucket.capacity", Integer.toString(capacity), "redis.token_bucket.refill_rate", "0.02");
    }

    private static String login(String name, String password) {
        return post(
                "/api/v1/users/login", "{\"email\":\"" + name + "@example.org\",\"password\":\"" + password + "\"}");
    }

    private static RawResponse send(Gateway to, String request) {
        return RawClient.exchange(to.address(), request);
    }
}
