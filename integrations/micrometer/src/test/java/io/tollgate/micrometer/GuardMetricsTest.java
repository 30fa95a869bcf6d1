package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.testkit.TestRequest;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardMetricsTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";
    private static final RateLimit LIMIT = RateLimit.perHour(10);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GuardMetrics metrics = new GuardMetrics(registry);

    @Test
    void countsTokensByResult() {
        VirtualTime time = new VirtualTime(Instant.parse("2026-11-27T12:00:00Z"));
        JwtTokenService issuer =
                JwtTokenService.builder().secret(SECRET).time(time).build();
        String token =
                issuer.issue(Principal.of("ann")).toCompletableFuture().join().accessToken();
        RequestGuard guard =
                guard(JwtVerifier.builder().secret(SECRET).time(time).build());

        respond(guard, TestRequest.get("/").withBearer(token));
        respond(guard, TestRequest.get("/").withBearer(token));
        respond(guard, TestRequest.get("/").withHeader("Authorization", "Bearer " + token + "x"));
        respond(guard, TestRequest.get("/").withHeader("Authorization", "Basic YTpi"));
        respond(guard, TestRequest.of("GET", "/"));
        time.advance(Duration.ofDays(365));
        respond(guard, TestRequest.get("/").withBearer(token));

        assertThat(tokens("valid")).isEqualTo(2);
        assertThat(tokens("invalid")).isEqualTo(1);
        assertThat(tokens("malformed")).isEqualTo(1);
        assertThat(tokens("missing")).isEqualTo(1);
        assertThat(tokens("expired")).isEqualTo(1);
        assertThat(tokens("unavailable")).isZero();
        assertThat(tokens("error")).isZero();
    }

    @Test
    void countsTokensThatCouldNotBeVerified() {
        ErrorCode blocked = ErrorCode.of("DEVICE_BLOCKED", ErrorType.AUTHENTICATION_ERROR, 401);
        respond(
                guard(failing(CommonError.SERVICE_UNAVAILABLE)),
                TestRequest.get("/").withHeader("Authorization", "Bearer a"));
        respond(guard(failing(blocked)), TestRequest.get("/").withHeader("Authorization", "Bearer a"));

        assertThat(tokens("unavailable")).isEqualTo(1);
        assertThat(tokens("error")).isEqualTo(1);
    }

    @Test
    void countsDecisionsByPolicyAndOutcome() {
        RequestGuard guard = limited(
                Policies.named("few").limit(RateLimit.perHour(2)).build(),
                Policies.named("trial").limit(RateLimit.perHour(1)).shadow(true).build());

        for (int i = 0; i < 3; i++) {
            respond(guard, TestRequest.of("GET", "/"));
        }

        assertThat(decisions("few", "allowed", "local")).isEqualTo(2);
        assertThat(decisions("few", "refused", "local")).isEqualTo(1);
        assertThat(decisions("trial", "allowed", "local")).isEqualTo(1);
        assertThat(decisions("trial", "shadow_refused", "local")).isEqualTo(1);
        assertThat(registry.get("tollgate.ratelimit.duration").timer().count()).isEqualTo(3);
        assertThat(registry.get("tollgate.ratelimit.duration").timer().max(TimeUnit.NANOSECONDS))
                .isPositive();
    }

    @Test
    void countsAReservationByItsEnd() {
        RateLimitPolicy guesses = context ->
                List.of(RateLimitCheck.of("guesses", "a", LIMIT).reservedFor(Set.of(CommonError.UNAUTHENTICATED)));
        RequestGuard guard = limited(guesses);

        guard.respond(
                TestRequest.of("POST", "/"), "/login", AccessRule.open(), "r-1", request -> HttpResponse.empty(401));
        guard.respond(
                TestRequest.of("POST", "/"), "/login", AccessRule.open(), "r-2", request -> HttpResponse.empty(204));
        guard.respond(
                TestRequest.of("POST", "/"), "/login", AccessRule.open(), "r-3", request -> HttpResponse.empty(204));

        assertThat(decisions("guesses", "charged", "local")).isEqualTo(1);
        assertThat(decisions("guesses", "refunded", "local")).isEqualTo(2);
        assertThat(decisions("guesses", "allowed", "local")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"SHARED, shared", "LEASE, shared", "LOCAL, local", "FALLBACK, fallback", "ASSUMED, fallback"})
    void tellsWhereADecisionWasMade(Source source, String label) {
        decide(RateLimitDecision.allowed(RateLimitCheck.of("p", "a", LIMIT), 1, Instant.EPOCH)
                .withSource(source));

        assertThat(decisions("p", "allowed", label)).isEqualTo(1);
        assertThat(registry.find("tollgate.ratelimit.decisions").counters()).hasSize(1);
    }

    @Test
    void countsPoliciesBeyondTheHundredthTogether() {
        for (int i = 0; i < 250; i++) {
            for (int twice = 0; twice < 2; twice++) {
                decide(RateLimitDecision.allowed(RateLimitCheck.of("p" + i, "a", LIMIT), 1, Instant.EPOCH));
            }
        }

        assertThat(registry.find("tollgate.ratelimit.decisions").counters()).hasSize(GuardMetrics.MAX_POLICIES + 1);
        assertThat(decisions("p99", "allowed", "local")).isEqualTo(2);
        assertThat(decisions("other", "allowed", "local")).isEqualTo(300);
    }

    private void decide(RateLimitDecision decision) {
        metrics.decided(TestRequest.of("GET", "/"), new RateLimitDecisions(List.of(decision)), 1);
    }

    private RequestGuard guard(TokenVerifier verifier) {
        return RequestGuard.builder().tokens(verifier).listener(metrics).build();
    }

    private RequestGuard limited(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(policies))
                .listener(metrics)
                .build();
    }

    private static void respond(RequestGuard guard, HttpRequestHead head) {
        AccessRule rule = guard.policies().isEmpty() ? AccessRule.token() : AccessRule.open();
        guard.respond(head, "/", rule, "request-1", request -> HttpResponse.empty(204));
    }

    private static TokenVerifier failing(ErrorCode code) {
        return token -> CompletableFuture.failedStage(GatewayException.of(code, "The token cannot be verified."));
    }

    private double tokens(String outcome) {
        return registry.get("tollgate.tokens.verified")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double decisions(String policy, String outcome, String source) {
        Counter counter = registry.find("tollgate.ratelimit.decisions")
                .tags("policy", policy, "outcome", outcome, "source", source)
                .counter();
        return counter == null ? 0 : counter.count();
    }
}
