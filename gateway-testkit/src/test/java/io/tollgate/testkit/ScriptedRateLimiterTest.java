package io.tollgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ScriptedRateLimiterTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perHour(10));

    private final VirtualTime time = new VirtualTime();
    private final ScriptedRateLimiter limiter = new ScriptedRateLimiter(time);

    @Test
    void allowsWithoutAScriptAndRecordsChecks() {
        RateLimitDecision decision = Stages.await(limiter.decide(CHECK.withCost(3)));

        assertThat(decision).isEqualTo(RateLimitDecision.allowed(CHECK.withCost(3), 7, time.now()));
        assertThat(limiter.checks()).containsExactly(CHECK.withCost(3));
    }

    @Test
    void decidesStepByStepAsScripted() {
        limiter.allow(4)
                .reject(Duration.ofSeconds(30))
                .fail(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "away"))
                .allow();

        assertThat(Stages.await(limiter.decide(CHECK)).remaining()).isEqualTo(4);
        RateLimitDecision rejected = Stages.await(limiter.decide(CHECK));
        assertThat(rejected.allowed()).isFalse();
        assertThat(rejected.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        Failures.assertFails(CommonError.SERVICE_UNAVAILABLE, limiter.decide(CHECK));
        assertThat(Stages.await(limiter.decide(CHECK)).remaining()).isEqualTo(9);
    }

    @Test
    void hangsUntilItIsReleasedOnTheThreadThatReleases() {
        limiter.hang().hang();
        CompletableFuture<Thread> completedOn = limiter.decide(CHECK)
                .thenApply(decision -> Thread.currentThread())
                .toCompletableFuture();
        CompletionStage<RateLimitDecision> second = limiter.decide(CHECK);
        assertThat(limiter.hanging()).isEqualTo(2);
        assertThat(completedOn).isNotDone();

        limiter.release();

        assertThat(completedOn).isCompletedWithValue(Thread.currentThread());
        assertThat(Stages.await(second).allowed()).isTrue();
        assertThat(limiter.hanging()).isZero();
    }

    @Test
    void rejectsWhatHangs() {
        limiter.hang();
        CompletionStage<RateLimitDecision> hanging = limiter.decide(CHECK);
        hanging.toCompletableFuture().cancel(true);

        limiter.releaseRejected(Duration.ofMinutes(1));

        assertThat(Stages.await(hanging).retryAfter()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void recordsRefundsAndLosesThemIfScripted() {
        RateLimitDecision decision = Stages.await(limiter.decide(CHECK));
        assertThat(limiter.refund(decision).toCompletableFuture()).isCompleted();
        limiter.loseRefunds();

        Failures.assertFails(CommonError.SERVICE_UNAVAILABLE, limiter.refund(decision));

        assertThat(limiter.refunds()).containsExactly(decision, decision);
    }
}
