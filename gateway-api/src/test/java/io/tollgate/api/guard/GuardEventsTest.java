package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.NO_OTHER_THREAD;
import static io.tollgate.api.guard.Requests.admitted;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.headers;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.rejected;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a guard reports, what it charges for an end, and what it leaves alone. */
class GuardEventsTest {
    private final MemoryLimiter limiter = new MemoryLimiter();

    private static RateLimitPolicy charging(String name, Phase phase) {
        return Requests.in(phase, context -> List.of(RateLimitCheck.of(name, "all", RateLimit.perHour(9))));
    }

    private RequestGuard guard(RateLimitPolicy... policies) {
        return RequestGuard.builder().limiter(limiter, List.of(policies)).build();
    }

    // Times

    @Test
    void tellsItsListenerHowLongTheLimiterTook() {
        ManualTime time = new ManualTime();
        RateLimiter slow = check -> {
            time.advance(Duration.ofMillis(3));
            return limiter.decide(check);
        };
        List<Long> nanos = new ArrayList<>();
        RequestGuard guard = RequestGuard.builder()
                .limiter(slow, List.of(charging("start", Phase.REQUEST), charging("end", Phase.OUTCOME)))
                .listener(new GuardListener() {
                    @Override
                    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long took) {
                        nanos.add(took);
                    }
                })
                .time(time)
                .build();

        now(admitted(guard, anonymous(), AccessRule.open()).settle(200));

        assertThat(nanos).containsExactly(3_000_000L, 3_000_000L);
    }

    @Test
    void readsNoClockWithoutAListener() {
        TimeSource clock = mock();
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(charging("start", Phase.REQUEST), charging("end", Phase.OUTCOME)))
                .time(clock)
                .build();

        now(admitted(guard, anonymous(), AccessRule.open()).settle(200));

        verify(clock, never()).nanoTime();
        verify(clock, never()).now();
    }

    // Ends

    @Test
    void chargesAnEndOnceThoughTheRequestEndsTwice() {
        Admitted request = admitted(guard(charging("ends", Phase.OUTCOME)), anonymous(), AccessRule.open());

        now(request.settle(200));
        now(request.settle(500));
        request.close();

        assertThat(limiter.asked()).containsExactly("ends all");
    }

    @Test
    void chargesNoEndOfARequestThatWasLimited() {
        RequestGuard guard = guard(perClient("default", 1), charging("ends", Phase.OUTCOME));
        admitted(guard, anonymous(), AccessRule.open());

        rejected(guard, anonymous(), AccessRule.open());

        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1", "default ip:192.0.2.1");
    }

    @Test
    void asksTheLimiterForNothingIfNoPolicyChargesTheEnd() {
        RateLimiter silent = mock();
        RequestGuard guard = RequestGuard.builder()
                .limiter(silent, List.of(Requests.in(Phase.OUTCOME, context -> List.of())))
                .build();

        now(admitted(guard, anonymous(), AccessRule.open()).settle(200));

        verify(silent, never()).decideAll(any());
    }

    @ParameterizedTest
    @CsvSource({
        "200, ",
        "399, ",
        "400, INVALID_REQUEST",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "404, RESOURCE_NOT_FOUND",
        "405, METHOD_NOT_ALLOWED",
        "408, REQUEST_TIMEOUT",
        "409, RESOURCE_ALREADY_EXISTS",
        "410, RESOURCE_NOT_FOUND",
        "413, BODY_TOO_LARGE",
        "415, UNSUPPORTED_MEDIA_TYPE",
        "418, INVALID_REQUEST",
        "429, RATE_LIMIT_EXCEEDED",
        "499, INVALID_REQUEST",
        "500, INTERNAL_SERVER_ERROR",
        "501, METHOD_NOT_IMPLEMENTED",
        "502, SERVICE_UNAVAILABLE",
        "503, SERVICE_UNAVAILABLE",
        "504, REQUEST_TIMEOUT",
        "505, INTERNAL_SERVER_ERROR",
        "599, INTERNAL_SERVER_ERROR",
    })
    void chargesAnEndThatIsAStatusAsTheErrorOfThatStatus(int status, String error) {
        List<Optional<ErrorCode>> ends = new ArrayList<>();
        RequestGuard guard = guard(Requests.in(Phase.OUTCOME, context -> {
            ends.add(context.error());
            return List.of();
        }));

        now(admitted(guard, anonymous(), AccessRule.open()).settle(status));

        assertThat(ends).hasSize(1);
        assertThat(ends.get(0).map(ErrorCode::name)).isEqualTo(Optional.ofNullable(error));
    }

    // Logs

    @Test
    void logsNoFaultForAnErrorThatIsTheClients() {
        try (CapturedLog log = new CapturedLog("fault-of-the-client")) {
            HttpResponse response = guard(perClient("default", 9))
                    .respond(anonymous(), "/shop", AccessRule.open(), "request-1", request -> {
                        throw GatewayException.of(CommonError.INVALID_REQUEST, "fault-of-the-client");
                    });

            assertThat(response.status()).isEqualTo(400);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void logsARefundThatWasLostForDevelopersAndNoneThatWasMade() {
        RateLimiter losing = mock();
        when(losing.decideAll(any())).thenAnswer(call -> limiter.decideAll(call.getArgument(0)));
        when(losing.refund(any()))
                .thenReturn(CompletableFuture.completedStage(null))
                .thenReturn(CompletableFuture.failedStage(new IllegalStateException("gone")));
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        losing,
                        List.of(context -> List.of(RateLimitCheck.of("lost-and-found", "all", RateLimit.perHour(9))
                                .reservedFor(Set.of(CommonError.UNAUTHENTICATED)))))
                .build();

        try (CapturedLog log = new CapturedLog("lost-and-found")) {
            admitted(guard, anonymous(), AccessRule.open()).settle(200);
            assertThat(log.lines()).isEmpty();

            admitted(guard, anonymous(), AccessRule.open()).settle(200);

            assertThat(log.lines()).containsExactly("FINE A refund of policy lost-and-found was lost");
        }
    }

    @Test
    void logsWhyAnEndCouldNotBeCharged() {
        RateLimiter failing = mock();
        when(failing.decideAll(any()))
                .thenReturn(CompletableFuture.failedStage(new IllegalStateException("end-of-charges")));
        RequestGuard guard = RequestGuard.builder()
                .limiter(failing, List.of(charging("ends", Phase.OUTCOME)))
                .build();

        try (CapturedLog log = new CapturedLog("end-of-charges")) {
            assertThat(now(admitted(guard, anonymous(), AccessRule.open()).settle(200)))
                    .isNull();
            assertThat(log.lines()).containsExactly("SEVERE A request could not be charged for its outcome");
        }
    }

    // Tokens

    @Test
    void judgesNoCachedTokenByItsCost() {
        TokenVerifier verifier = mock();
        when(verifier.cached("ann")).thenReturn(Optional.of(NamedTokens.accessToken("ann")));
        RequestGuard guard = RequestGuard.builder().tokens(verifier).build();

        admitted(guard, with("ann"), AccessRule.token());

        verify(verifier, never()).isCostly(anyString());
    }

    @Test
    void judgesNoTokenByItsCostWithoutABudget() {
        TokenVerifier verifier = mock();
        when(verifier.verify("ann")).thenReturn(CompletableFuture.completedStage(NamedTokens.accessToken("ann")));
        RequestGuard guard = RequestGuard.builder()
                .tokens(verifier)
                .withoutVerificationBudget()
                .build();

        admitted(guard, with("ann"), AccessRule.token());

        verify(verifier, never()).isCostly(anyString());
    }

    @Test
    void protectsNoTokensIfItReadsNone() {
        RateLimitPolicy own = perClient("default", 9);

        assertThat(guard(own).policies()).containsExactly(own);
    }

    @Test
    void namesThePolicyOfBadTokensToItsReaders() {
        assertThat(TokenProtection.standard()).hasToString("RateLimitPolicy[bad-tokens]");
    }

    @Test
    void knowsTheAddressOfARejectedRequest() {
        RequestGuard guard = RequestGuard.builder().tokens(NamedTokens.cheap()).build();

        assertThat(rejected(guard, anonymous(), AccessRule.token())
                        .clientAddress()
                        .getHostAddress())
                .isEqualTo("192.0.2.1");
    }

    @Test
    void failsTheStageAndNotTheCallIfAListenerThrowsForATokenThatWasRejected() {
        GuardListener listener = mock();
        doThrow(new IllegalStateException("a bug of the listener"))
                .when(listener)
                .authenticated(any(), any());
        RequestGuard guard = RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .listener(listener)
                .build();

        CompletionStage<Admission> admission =
                guard.admit(with("forged"), Optional.of("/shop"), AccessRule.token(), NO_OTHER_THREAD);

        assertThat(admission.toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withRootCauseInstanceOf(IllegalStateException.class);
    }

    // Headers

    @Test
    void addsPartitionKeysToTheHeadersOfTheDraftIfTheyAreSet() {
        PartitionKeys keys = PartitionKeys.hmac(new byte[16]);
        RequestGuard.Builder builder = RequestGuard.builder()
                .limiter(limiter, List.of(perClient("default", 9)))
                .standardHeaders(true);

        assertThat(headers(admitted(builder.build(), anonymous(), AccessRule.open()))
                        .get("RateLimit-Policy"))
                .doesNotContain("pk=");
        assertThat(headers(admitted(builder.partitionKeys(keys).build(), anonymous(), AccessRule.open()))
                        .get("RateLimit-Policy"))
                .matches("\"default\";q=9;w=3600;pk=:[A-Za-z0-9+/=]{24}:");
    }

    // The budget of costly verifications

    @Test
    void acceptsBudgetsToTheEndsOfTheirRanges() {
        assertThatCode(() -> RequestGuard.builder().verificationBudget(1, 1).verificationBudget(1_000_000, 1_000_000))
                .doesNotThrowAnyException();
    }

    @Test
    void hasAFullBudgetWhereverTheMonotonicClockStands() {
        for (long start : new long[] {Long.MIN_VALUE, -1_000_000_000_000L, 0, 1_000_000_000_000L, Long.MAX_VALUE}) {
            long[] nanos = {start};
            VerificationBudget budget = new VerificationBudget(2, 10, new TimeSource() {
                @Override
                public long nanoTime() {
                    return nanos[0];
                }

                @Override
                public Instant now() {
                    return Instant.EPOCH;
                }
            });
            var address = AddressRange.parseAddress("192.0.2.1").orElseThrow();

            assertThat(List.of(budget.reserve(address), budget.reserve(address), budget.reserve(address)))
                    .as("from %d", start)
                    .containsExactly(0L, 0L, 100_000_000L);
            nanos[0] += 100_000_000;
            assertThat(List.of(budget.reserve(address), budget.reserve(address)))
                    .as("from %d", start)
                    .containsExactly(0L, 100_000_000L);
        }
    }

    @Test
    void tellsOfABudgetThatIsUsedUpAndOfNothingElse() {
        Recorder recorder = new Recorder();
        List<RateLimitDecision> told = new ArrayList<>();
        RequestGuard guard = RequestGuard.builder()
                .tokens(NamedTokens.costly())
                .limiter(limiter, List.of(perClient("default", 9)))
                .verificationBudget(1, 1)
                .time(new ManualTime())
                .listener(recorder)
                .build();
        rejected(guard, with("forged"), AccessRule.token());
        int before = recorder.lines().size();

        Rejected second = rejected(guard, with("forged"), AccessRule.token());
        told.addAll(second.decisions().decisions());

        assertThat(told).extracting(RateLimitDecision::policy).containsExactly("token-verification");
        assertThat(recorder.lines().subList(before, recorder.lines().size()))
                .containsExactly("authenticated RATE_LIMIT_EXCEEDED", "decided token-verification-");
        assertThat(limiter.asked()).as("of the first alone").hasSize(2);
    }
}
