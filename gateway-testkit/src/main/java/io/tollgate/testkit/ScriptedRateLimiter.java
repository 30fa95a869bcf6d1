package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A rate limiter that decides as a test scripts it, one step for each check, and that records checks and refunds:
 *
 * <pre>{@code
 * ScriptedRateLimiter limiter = new ScriptedRateLimiter()
 *         .allow()
 *         .reject(Duration.ofSeconds(30))
 *         .fail(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The limiter is unavailable."));
 * }</pre>
 *
 * <p>Once the script is over, and without one, every check is allowed. A step that hangs completes when the test calls {@link
 * #release()}, on the thread that calls it; all other steps complete at once. It has no buckets: use {@code LocalRateLimiter} of
 * {@code gateway-ratelimit} with a {@link VirtualTime} for a test of amounts. Thread-safe.
 */
public final class ScriptedRateLimiter implements RateLimiter {
    private final TimeSource time;
    private final Queue<Step> script = new ArrayDeque<>();
    private final List<RateLimitCheck> checks = new ArrayList<>();
    private final List<RateLimitDecision> refunds = new ArrayList<>();
    private List<Hanging> hanging = new ArrayList<>();
    private boolean losesRefunds;

    /** Creates a limiter that dates its decisions by the clock of the system. */
    public ScriptedRateLimiter() {
        this(TimeSource.system());
    }

    /** Creates a limiter that dates its decisions by {@code time}. */
    public ScriptedRateLimiter(TimeSource time) {
        this.time = requireNonNull(time, "time");
    }

    /** Adds a step that allows, with as many tokens left as a bucket that was full. */
    public ScriptedRateLimiter allow() {
        return add((check, decision) -> decision.complete(allowed(check)));
    }

    /** Adds a step that allows, with that many tokens left. */
    public ScriptedRateLimiter allow(long remaining) {
        return add((check, decision) -> decision.complete(RateLimitDecision.allowed(check, remaining, time.now())));
    }

    /** Adds a step that rejects. */
    public ScriptedRateLimiter reject(Duration retryAfter) {
        return add((check, decision) -> decision.complete(RateLimitDecision.rejected(check, retryAfter, time.now())));
    }

    /** Adds a step that fails, as a limiter does whose store is unavailable. */
    public ScriptedRateLimiter fail(Throwable failure) {
        requireNonNull(failure, "failure");
        return add((check, decision) -> decision.completeExceptionally(failure));
    }

    /** Adds a step that hangs until {@link #release()}. */
    public ScriptedRateLimiter hang() {
        return add(this::hang);
    }

    /** Has every refund from now on recorded and then lost. */
    public synchronized ScriptedRateLimiter loseRefunds() {
        losesRefunds = true;
        return this;
    }

    private synchronized ScriptedRateLimiter add(Step step) {
        script.add(step);
        return this;
    }

    private synchronized void hang(RateLimitCheck check, CompletableFuture<RateLimitDecision> decision) {
        hanging.add(new Hanging(check, decision));
    }

    /** Allows all checks that hang, on the calling thread. */
    public void release() {
        takeHanging().forEach(one -> one.decision().complete(allowed(one.check())));
    }

    /** Rejects all checks that hang, on the calling thread. */
    public void releaseRejected(Duration retryAfter) {
        takeHanging()
                .forEach(one ->
                        one.decision().complete(RateLimitDecision.rejected(one.check(), retryAfter, time.now())));
    }

    private synchronized List<Hanging> takeHanging() {
        List<Hanging> taken = hanging;
        hanging = new ArrayList<>();
        return taken;
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        requireNonNull(check, "check");
        Step step;
        synchronized (this) {
            checks.add(check);
            step = script.poll();
        }
        CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
        if (step == null) {
            decision.complete(allowed(check));
        } else {
            step.decide(check, decision);
        }
        return decision.minimalCompletionStage();
    }

    @Override
    public synchronized CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        refunds.add(requireNonNull(decision, "decision"));
        return losesRefunds
                ? CompletableFuture.failedStage(
                        GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The refund is lost."))
                : CompletableFuture.completedStage(null);
    }

    private RateLimitDecision allowed(RateLimitCheck check) {
        return RateLimitDecision.allowed(check, check.limit().capacity() - check.cost(), time.now());
    }

    /** Returns the checks so far, in order. */
    public synchronized List<RateLimitCheck> checks() {
        return List.copyOf(checks);
    }

    /** Returns the decisions that were refunded so far, in order. */
    public synchronized List<RateLimitDecision> refunds() {
        return List.copyOf(refunds);
    }

    /** Returns the number of checks that hang now. */
    public synchronized int hanging() {
        return hanging.size();
    }

    @FunctionalInterface
    private interface Step {
        void decide(RateLimitCheck check, CompletableFuture<RateLimitDecision> decision);
    }

    private record Hanging(RateLimitCheck check, CompletableFuture<RateLimitDecision> decision) {}
}
