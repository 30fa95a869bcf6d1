package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.NO_OTHER_THREAD;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads that stages complete on. */
class GuardThreadsTest {
    private final ExecutorService eventLoop = Executors.newSingleThreadExecutor(task -> new Thread(task, "event-loop"));
    private final LateLimiter late = new LateLimiter();

    @AfterEach
    void stop() {
        eventLoop.shutdownNow();
    }

    private RequestGuard guard(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(late, List.of(policies))
                .build();
    }

    /** The name of the thread that completes a stage which is not complete yet. */
    private static CompletableFuture<String> threadOf(CompletionStage<?> stage) {
        return stage.handle((value, failure) -> Thread.currentThread().getName())
                .toCompletableFuture();
    }

    @Test
    void theCallersIfNothingLeavesTheProcess() {
        RequestGuard guard = RequestGuard.builder()
                .tokens(NamedTokens.costly("ann"))
                .limiter(new MemoryLimiter(), List.of(perClient("default", 10)))
                .build();

        CompletableFuture<Admission> admission = guard.admit(with("ann"), "/shop", AccessRule.token(), NO_OTHER_THREAD)
                .toCompletableFuture();

        assertThat(admission).isCompletedWithValueMatching(Admitted.class::isInstance);
    }

    @Test
    void theGivenExecutorsIfTheLimiterIsElsewhere() throws InterruptedException {
        CompletableFuture<String> thread =
                threadOf(guard(perClient("default", 10)).admit(anonymous(), "/shop", AccessRule.open(), eventLoop));
        assertThat(thread).isNotDone();

        late.decideAllWaiting();

        assertThat(thread.join()).isEqualTo("event-loop");
    }

    @Test
    void thoseOfTheLibraryIfNoneIsGiven() throws InterruptedException {
        CompletableFuture<String> thread =
                threadOf(guard(perClient("default", 10)).admit(anonymous(), "/shop", AccessRule.open()));

        late.decideAllWaiting();

        assertThat(thread.join()).startsWith("tollgate-guard-");
    }

    @Test
    void theLimitersOnlyIfAskedTo() throws InterruptedException {
        CompletableFuture<String> thread = threadOf(guard(perClient("default", 10))
                .admit(anonymous(), "/shop", AccessRule.open(), RequestGuard.SAME_THREAD));

        late.decideAllWaiting();

        assertThat(thread).isCompletedWithValue("limiter");
    }

    @Test
    void theGivenExecutorsThroughAllPhases() throws InterruptedException {
        RateLimitPolicy reserving = Requests.in(
                Phase.BODY,
                context -> List.of(RateLimitCheck.of("accounts", "ann", RateLimit.perHour(9))
                        .reservedFor(Set.of(CommonError.UNAUTHENTICATED))));
        RateLimitPolicy outcome = Requests.in(
                Phase.OUTCOME, context -> List.of(RateLimitCheck.of("outcomes", "all", RateLimit.perHour(9))));
        Admitted request = (Admitted) guard(reserving, outcome)
                .admit(anonymous(), "/shop", AccessRule.open(), eventLoop)
                .toCompletableFuture()
                .join();

        CompletableFuture<String> body = threadOf(request.onBody(Map.of()));
        late.decideAllWaiting();
        assertThat(body.join()).isEqualTo("event-loop");

        CompletableFuture<String> settled = threadOf(request.settle(200));
        late.decideAllWaiting();
        assertThat(settled.join()).isEqualTo("event-loop");
        assertThat(late.taken("accounts ann")).isZero();
    }

    @Test
    void neverTheVerifiers() throws InterruptedException {
        CompletableFuture<AccessToken> verified = new CompletableFuture<>();
        TokenVerifier elsewhere = token -> verified;
        CompletableFuture<String> thread = threadOf(RequestGuard.builder()
                .tokens(elsewhere)
                .limiter(new MemoryLimiter(), List.of(perClient("default", 10)))
                .build()
                .admit(with("ann"), "/shop", AccessRule.token(), eventLoop));

        Thread verifier = new Thread(() -> verified.complete(NamedTokens.accessToken("ann")), "verifier");
        verifier.start();
        verifier.join();

        assertThat(thread.join()).isEqualTo("event-loop");
    }

    @Test
    void noneIfTheExecutorRejects() throws InterruptedException {
        CompletableFuture<Admission> admission = guard(perClient("default", 10))
                .admit(anonymous(), "/shop", AccessRule.open(), task -> {
                    throw new RejectedExecutionException("closed");
                })
                .toCompletableFuture();

        late.decideAllWaiting();

        assertThat(admission).isCompletedExceptionally();
        assertThat(GatewayException.from(failureOf(admission)))
                .hasMessage("The gateway failed to handle the request.")
                .hasRootCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void settlingNeverFailsThoughTheExecutorRejects() throws InterruptedException {
        ExecutorService closing = Executors.newSingleThreadExecutor();
        RateLimitPolicy outcome = Requests.in(
                Phase.OUTCOME, context -> List.of(RateLimitCheck.of("outcomes", "all", RateLimit.perHour(9))));
        Admitted request = (Admitted) guard(outcome)
                .admit(anonymous(), Optional.of("/shop"), AccessRule.open(), closing)
                .toCompletableFuture()
                .join();
        CompletableFuture<Void> settled = request.settle(200).toCompletableFuture();
        closing.shutdownNow();

        late.decideAllWaiting();

        assertThat(settled).isCompletedWithValue(null);
    }

    @Test
    void stagesCanBeNeitherCompletedNorCancelledByTheirReceiver() throws InterruptedException {
        CompletionStage<Admission> stage =
                guard(perClient("default", 10)).admit(anonymous(), "/shop", AccessRule.open(), eventLoop);
        CompletableFuture<String> thread = threadOf(stage);

        stage.toCompletableFuture().cancel(true);
        late.decideAllWaiting();

        assertThat(thread.join()).isEqualTo("event-loop");
        assertThat(stage.toCompletableFuture().join()).isInstanceOf(Admitted.class);
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        try {
            future.join();
            throw new AssertionError("did not fail");
        } catch (CompletionException e) {
            return e;
        }
    }
}
