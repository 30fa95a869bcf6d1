package io.tollgate.runner.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.testkit.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guard in a service that is no gateway, with a real Redis and real tokens. */
class RealPartsTest extends RealParts {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private static TokenVerifier verifier(TokenKey key) {
        return JwtVerifier.builder().keys(KeySource.fixed(key)).build();
    }

    private static String token(TokenKey key, String user) {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(key))
                .build()
                .issue(Principal.of(user))
                .toCompletableFuture()
                .join()
                .accessToken();
    }

    private static HttpRequestHead bearer(String token) {
        return head("Authorization", "Bearer " + token);
    }

    private static HttpResponse respond(RequestGuard guard, HttpRequestHead head) {
        return guard.respond(
                head,
                "/shop",
                AccessRule.token(),
                "request-1",
                request -> HttpResponse.json(
                        200, request.principal().orElseThrow().userId().getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @EnumSource(names = {"HS256", "ES256"})
    void respondsWith200Or401Or429(SignatureAlgorithm algorithm) {
        TokenKey key = TestKeys.of(algorithm);
        RequestGuard guard = RequestGuard.builder()
                .tokens(verifier(key))
                .limiter(limiter(), List.of(policy(RateLimit.perHour(2))))
                .build();
        String ann = token(key, "ann-" + algorithm);

        HttpResponse first = respond(guard, bearer(ann));
        HttpResponse second = respond(guard, bearer(ann));
        HttpResponse third = respond(guard, bearer(ann));
        HttpResponse forged = respond(guard, bearer(token(TestKeys.fresh(algorithm), "ann")));
        HttpResponse anonymous = respond(guard, head());

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("ann-" + algorithm);
        assertThat(first.header("X-RateLimit-Remaining")).contains("1");
        assertThat(second.header("X-RateLimit-Remaining")).contains("0");
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.header("Retry-After")).isPresent();
        assertThat(third.header("X-RateLimit-Limit")).contains("2");
        assertThat(forged.status()).isEqualTo(401);
        assertThat(forged.header("WWW-Authenticate").orElse("")).contains("invalid_token");
        assertThat(forged.header("X-RateLimit-Remaining")).contains("1");
        assertThat(anonymous.status()).isEqualTo(401);
        assertThat(anonymous.header("WWW-Authenticate")).contains("Bearer");
        assertThat(anonymous.header("X-RateLimit-Remaining")).contains("0");
        assertThat(respond(guard, bearer(token(key, "bob-" + algorithm))).status())
                .isEqualTo(200);
    }

    @Test
    void forgedSignaturesAreVerifiedOnlyWithinTheBudget() {
        TokenKey key = TestKeys.of(SignatureAlgorithm.ES256);
        AtomicInteger verified = new AtomicInteger();
        JwtVerifier real = JwtVerifier.builder().keys(KeySource.fixed(key)).build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(new Counting(real, verified))
                .verificationBudget(3, 1)
                .time(new VirtualTime())
                .build();
        String known = token(key, "ann");
        assertThat(respond(guard, bearer(known)).status()).isEqualTo(200);

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            statuses.add(respond(guard, bearer(token(TestKeys.fresh(SignatureAlgorithm.ES256), "eve")))
                    .status());
        }

        assertThat(statuses).containsExactly(401, 401, 401, 429, 429);
        assertThat(verified).as("ann's, and three of eve's").hasValue(4);
        assertThat(respond(guard, bearer(known)).status()).as("cached").isEqualTo(200);
        assertThat(respond(guard, bearer(token(key, "bob"))).status())
                .as("not cached")
                .isEqualTo(429);
    }

    @Test
    void cheapSignaturesNeedNoBudget() {
        TokenKey key = TestKeys.of(SignatureAlgorithm.HS256);
        RequestGuard guard = RequestGuard.builder()
                .tokens(verifier(key))
                .verificationBudget(1, 1)
                .time(new VirtualTime())
                .build();

        for (int i = 0; i < 4; i++) {
            assertThat(respond(guard, bearer(token(TestKeys.fresh(SignatureAlgorithm.HS256), "eve")))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void guardsOfTwoProcessesShareALimit() throws InterruptedException {
        int capacity = 50;
        List<RequestGuard> guards = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            guards.add(RequestGuard.builder()
                    .limiter(limiter(), List.of(policy(RateLimit.perDay(capacity))))
                    .build());
        }
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger rejected = new AtomicInteger();
        int threads = 4;
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            RequestGuard guard = guards.get(t % 2);
            new Thread(() -> {
                        for (int i = 0; i < capacity; i++) {
                            Admission admission = admit(guard, head(), AccessRule.open());
                            (admission instanceof Admitted ? admitted : rejected).incrementAndGet();
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();

        assertThat(admitted).hasValue(capacity);
        assertThat(rejected).hasValue(threads * capacity - capacity);
    }

    @Test
    void reservationsAreKeptOrRefundedInRedis() {
        RateLimitPolicy guesses = context -> List.of(
                RateLimitCheck.of(policy, "ann", RateLimit.perDay(2)).reservedFor(Set.of(CommonError.UNAUTHENTICATED)));
        RequestGuard guard =
                RequestGuard.builder().limiter(limiter(), List.of(guesses)).build();

        for (int i = 0; i < 5; i++) {
            Admitted success = (Admitted) admit(guard, head(), AccessRule.open());
            success.settle(200);
            awaitLeft(2);
        }
        ((Admitted) admit(guard, head(), AccessRule.open())).settle(401);
        ((Admitted) admit(guard, head(), AccessRule.open())).close();

        Admission third = admit(guard, head(), AccessRule.open());
        assertThat(((Rejected) third).error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(((Rejected) third).response(ErrorRenderer.problem(), "id").bytes())
                .asString(StandardCharsets.UTF_8)
                .contains("#abnormal-usage-detected");
    }

    /** A refund is on its way when the request is settled; a check of cost 0 sees what is there. */
    private void awaitLeft(int tokens) {
        RateLimitCheck look =
                RateLimitCheck.of(policy, "ann", RateLimit.perDay(2)).withCost(0);
        Awaitility.await()
                .atMost(WITHIN)
                .until(() -> limiters.get(0)
                                .decide(look)
                                .toCompletableFuture()
                                .join()
                                .remaining()
                        == tokens);
    }

    @Test
    void goesOnWithoutRedisAndComesBackToIt() {
        FallbackRateLimiter limiter = FallbackRateLimiter.builder(limiter(Duration.ofSeconds(2)))
                .failures(1)
                .probeInterval(Duration.ofMillis(20))
                .build();
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(policy(RateLimit.perDay(1_000))))
                .build();
        Awaitility.await("decided in Redis")
                .atMost(WITHIN)
                .until(() -> source(guard) == RateLimitDecision.Source.SHARED);

        redis.suspend();
        try {
            Awaitility.await("decided here")
                    .atMost(WITHIN)
                    .until(() -> source(guard) == RateLimitDecision.Source.FALLBACK);
            assertThat(admit(guard, head(), AccessRule.open())).isInstanceOf(Admitted.class);
        } finally {
            redis.resume();
        }

        Awaitility.await("decided in Redis again")
                .atMost(WITHIN)
                .until(() -> source(guard) == RateLimitDecision.Source.SHARED);
    }

    private static RateLimitDecision.Source source(RequestGuard guard) {
        return admit(guard, head(), AccessRule.open())
                .decisions()
                .decisions()
                .get(0)
                .source();
    }
}
