package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.NO_OTHER_THREAD;
import static io.tollgate.api.guard.Requests.admit;
import static io.tollgate.api.guard.Requests.admitted;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.fromAddress;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.rejected;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Failures that no real verifier, limiter or policy can be made to show. */
class GuardFailuresTest {
    private static final RateLimit LIMIT = RateLimit.perHour(9);

    private final TokenVerifier verifier = mock();
    private final RateLimiter limiter = mock();
    private final Recorder recorder = new Recorder();

    private static RateLimitPolicy reserving(String name) {
        return context ->
                List.of(RateLimitCheck.of(name, "all", LIMIT).reservedFor(Set.of(CommonError.UNAUTHENTICATED)));
    }

    private RequestGuard guard(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .limiter(limiter, List.of(policies))
                .listener(recorder)
                .build();
    }

    private RequestGuard guarding(TokenVerifier tokens, MemoryLimiter memory) {
        return RequestGuard.builder()
                .tokens(tokens)
                .limiter(memory, List.of(perClient("default", 1_000)))
                .listener(recorder)
                .time(new ManualTime())
                .build();
    }

    private static GatewayException failureOf(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            throw new AssertionError("did not fail");
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(GatewayException.class);
            return (GatewayException) e.getCause();
        }
    }

    // Verifiers

    @Test
    void aVerifierThatNeverCompletesHoldsUpItsRequestsOnlyAndEmptiesTheBudgetOfTheirAddress() {
        when(verifier.isCostly(anyString())).thenReturn(true);
        when(verifier.verify("slow")).thenReturn(new CompletableFuture<>());
        when(verifier.verify("ann")).thenReturn(CompletableFuture.completedStage(NamedTokens.accessToken("ann")));
        RequestGuard guard = guarding(verifier, new MemoryLimiter());
        List<CompletableFuture<Admission>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(guard.admit(with("slow"), "/shop", AccessRule.token(), NO_OTHER_THREAD)
                    .toCompletableFuture());
        }

        assertThat(rejected(guard, with("slow"), AccessRule.token()).error().code())
                .isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(admit(guard, fromAddress("192.0.2.2").with("Authorization", "Bearer ann"), AccessRule.token()))
                .isInstanceOf(Admitted.class);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        verify(verifier, times(50)).verify("slow");
    }

    @Test
    void aVerifierThatThrowsIsAnErrorOfOursWhichIsChargedAndNotABadToken() {
        when(verifier.verify(anyString())).thenThrow(new IllegalStateException("a bug of the verifier"));
        MemoryLimiter memory = new MemoryLimiter();

        Rejected rejected = rejected(guarding(verifier, memory), with("ann"), AccessRule.token());

        assertThat(rejected.error().code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(rejected.error().getMessage()).doesNotContain("bug");
        assertThat(rejected.error()).hasRootCauseMessage("a bug of the verifier");
        assertThat(memory.asked()).containsExactly("default ip:192.0.2.1");
    }

    @Test
    void aVerifierWhoseCacheThrowsIsAnErrorOfOursWhichIsCharged() {
        when(verifier.cached(anyString())).thenThrow(new IllegalStateException("a bug of the cache"));
        MemoryLimiter memory = new MemoryLimiter();

        Rejected rejected = rejected(guarding(verifier, memory), with("ann"), AccessRule.token());

        assertThat(rejected.error().code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(memory.asked()).containsExactly("default ip:192.0.2.1");
        verify(verifier, never()).verify(anyString());
    }

    @Test
    void aVerificationThatFailsForNoStatedReasonIsAnErrorOfOurs() {
        CompletableFuture<AccessToken> verified = new CompletableFuture<>();
        when(verifier.verify("ann")).thenReturn(verified);
        CompletableFuture<Admission> admission = guarding(verifier, new MemoryLimiter())
                .admit(with("ann"), "/shop", AccessRule.token(), RequestGuard.SAME_THREAD)
                .toCompletableFuture();

        verified.completeExceptionally(new AssertionError("out of luck"));

        assertThat(((Rejected) admission.join()).error().code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
    }

    // Limiters

    @Test
    void aLimiterThatThrowsFailsTheRequest() {
        when(limiter.decideAll(any())).thenThrow(new IllegalStateException("a bug of the limiter"));

        GatewayException failure = failureOf(
                guard(perClient("default", 9)).admit(anonymous(), "/shop", AccessRule.open(), NO_OTHER_THREAD));

        assertThat(failure.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(failure).hasRootCauseMessage("a bug of the limiter");
        assertThat(recorder.lines()).isEmpty();
    }

    @Test
    void aLimiterThatFailsWithAnErrorFailsTheRequestWithIt() {
        when(limiter.decideAll(any()))
                .thenReturn(CompletableFuture.failedStage(
                        GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "No limiter.")));

        GatewayException failure = failureOf(
                guard(perClient("default", 9)).admit(anonymous(), "/shop", AccessRule.open(), NO_OTHER_THREAD));

        assertThat(failure.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void aLimiterThatThrowsOrFailsInTheBodyGivesBackWhatWasReserved() {
        for (boolean throwing : new boolean[] {true, false}) {
            MemoryLimiter memory = new MemoryLimiter();
            doAnswer(call -> {
                        List<RateLimitCheck> checks = call.getArgument(0);
                        if (checks.get(0).policy().equals("logins")) {
                            return memory.decideAll(checks);
                        }
                        if (throwing) {
                            throw new IllegalStateException("a bug of the limiter");
                        }
                        return CompletableFuture.failedStage(new IllegalStateException("a bug of the limiter"));
                    })
                    .when(limiter)
                    .decideAll(any());
            doAnswer(call -> memory.refund(call.getArgument(0))).when(limiter).refund(any());
            RequestGuard guard = guard(
                    reserving("logins"),
                    Requests.in(Phase.BODY, context -> List.of(RateLimitCheck.of("accounts", "ann", LIMIT))));
            Admitted request = admitted(guard, anonymous(), AccessRule.open());

            GatewayException failure = failureOf(request.onBody(Map.of()));
            request.close();

            assertThat(failure.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertThat(memory.taken("logins all")).as("throwing: %s", throwing).isZero();
        }
        assertThat(recorder.settlements()).containsExactly("settled logins refunded", "settled logins refunded");
    }

    @Test
    void aDecisionThatIsCompletedTwiceCountsOnce() {
        RateLimitCheck check = reserving("twice").checks(null).get(0);
        RateLimitDecision allowed = RateLimitDecision.allowed(check, 8, Instant.EPOCH);
        CompletableFuture<RateLimitDecisions> decided = new CompletableFuture<>();
        when(limiter.decideAll(any())).thenReturn(decided);
        when(limiter.refund(any())).thenReturn(CompletableFuture.completedStage(null));
        CompletableFuture<Admission> admission = guard(reserving("twice"))
                .admit(anonymous(), "/shop", AccessRule.open(), RequestGuard.SAME_THREAD)
                .toCompletableFuture();

        decided.complete(new RateLimitDecisions(List.of(allowed)));
        decided.complete(new RateLimitDecisions(List.of(allowed, allowed)));
        decided.obtrudeValue(RateLimitDecisions.NONE);
        decided.obtrudeException(new IllegalStateException("changed its mind"));
        Admitted request = (Admitted) admission.join();
        request.settle(200);

        assertThat(request.decisions().decisions()).containsExactly(allowed);
        assertThat(recorder.lines()).containsExactly("decided twice+", "settled twice refunded");
        verify(limiter, times(1)).refund(allowed);
    }

    @Test
    void aLimiterThatCannotBeAskedAtTheEndIsLoggedAndTheResponseGoesOut() {
        when(limiter.decideAll(any())).thenThrow(new IllegalStateException("end-of-limiter"));
        RequestGuard guard =
                guard(Requests.in(Phase.OUTCOME, context -> List.of(RateLimitCheck.of("outcomes", "all", LIMIT))));

        try (CapturedLog log = new CapturedLog("end-of-limiter")) {
            assertThat(now(admitted(guard, anonymous(), AccessRule.open()).settle(200)))
                    .isNull();
            assertThat(log.lines()).containsExactly("SEVERE A request could not be charged for its outcome");
        }
    }

    // Refunds

    @Test
    void aLimiterWithoutRefundsKeepsReservationsAndIsWarnedOfOnce() {
        MemoryLimiter memory = new MemoryLimiter();
        RateLimiter without = check -> CompletableFuture.completedStage(memory.decideNow(check));
        RequestGuard guard = RequestGuard.builder()
                .limiter(without, List.of(reserving("unrefundable")))
                .listener(recorder)
                .build();

        try (CapturedLog log = new CapturedLog("unrefundable")) {
            for (int i = 0; i < 3; i++) {
                admitted(guard, anonymous(), AccessRule.open()).settle(200);
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARNING")
                    .contains("has no refunds");
        }
        assertThat(memory.taken("unrefundable all")).isEqualTo(3);
        assertThat(recorder.settlements())
                .hasSize(3)
                .as("the tokens are kept")
                .allSatisfy(line -> assertThat(line).isEqualTo("settled unrefundable charged"));
    }

    @Test
    void aRefundThatThrowsIsLoggedAndTheOthersAreMade() {
        MemoryLimiter memory = new MemoryLimiter();
        when(limiter.decideAll(any())).thenAnswer(call -> memory.decideAll(call.getArgument(0)));
        when(limiter.refund(any())).thenAnswer(call -> memory.refund(call.getArgument(0)));
        doThrow(new IllegalStateException("a bug"))
                .when(limiter)
                .refund(argThat(decision -> decision.policy().equals("refund-throws")));
        RequestGuard guard = guard(reserving("refund-throws"), reserving("refund-works"));

        try (CapturedLog log = new CapturedLog("refund-throws")) {
            admitted(guard, anonymous(), AccessRule.open()).settle(200);
            assertThat(log.lines()).containsExactly("SEVERE A refund of policy refund-throws failed");
        }
        assertThat(memory.taken("refund-throws all")).isEqualTo(1);
        assertThat(memory.taken("refund-works all")).isZero();
    }

    @Test
    void aRefundThatIsLostDoesNotFailTheRequest() {
        MemoryLimiter memory = new MemoryLimiter();
        when(limiter.decideAll(any())).thenAnswer(call -> memory.decideAll(call.getArgument(0)));
        when(limiter.refund(any()))
                .thenReturn(CompletableFuture.failedStage(
                        GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "Redis is down.")));

        assertThat(now(admitted(guard(reserving("lost")), anonymous(), AccessRule.open())
                        .settle(200)))
                .isNull();
        verify(limiter, times(1)).refund(any());
    }

    // Policies and listeners

    @Test
    void aPolicyThatThrowsFailsTheRequestAndAsksNobody() {
        GatewayException failure = failureOf(guard(perClient("default", 9), context -> {
                    throw new IllegalStateException("a bug of the policy");
                })
                .admit(anonymous(), "/shop", AccessRule.open(), NO_OTHER_THREAD));

        assertThat(failure.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(failure).hasRootCauseMessage("a bug of the policy");
        verify(limiter, never()).decideAll(any());
    }

    @Test
    void aPolicyThatThrowsAtTheEndIsLoggedAndTheResponseGoesOut() {
        RequestGuard guard = guard(Requests.in(Phase.OUTCOME, context -> {
            throw new IllegalStateException("end-of-policy");
        }));

        try (CapturedLog log = new CapturedLog("end-of-policy")) {
            assertThat(now(admitted(guard, anonymous(), AccessRule.open()).settle(CommonError.INVALID_REQUEST)))
                    .isNull();
            assertThat(log.lines()).containsExactly("SEVERE A request could not be charged for its outcome");
        }
    }

    @Test
    void aListenerThatThrowsFailsItsRequestOnly() {
        GuardListener listener = mock();
        doThrow(new IllegalStateException("a bug of the listener"))
                .doNothing()
                .when(listener)
                .decided(any(), any(), anyLong());
        RequestGuard guard = RequestGuard.builder()
                .limiter(new MemoryLimiter(), List.of(perClient("default", 9)))
                .listener(listener)
                .build();

        GatewayException failure = failureOf(guard.admit(anonymous(), "/shop", AccessRule.open(), NO_OTHER_THREAD));

        assertThat(failure.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(admit(guard, anonymous(), AccessRule.open())).isInstanceOf(Admitted.class);
    }
}
