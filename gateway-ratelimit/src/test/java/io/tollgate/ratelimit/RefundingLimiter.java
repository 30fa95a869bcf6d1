package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Buckets of one window with refunds, for tests of policies. */
final class RefundingLimiter implements RateLimiter {
    private final TimeSource time;
    private final Map<String, Bucket> buckets = new HashMap<>();

    RefundingLimiter(TimeSource time) {
        this.time = time;
    }

    @Override
    public synchronized CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        Bucket bucket = refilled(check);
        boolean allowed = bucket.tokens >= Math.max(1, check.cost());
        if (allowed) {
            bucket.tokens -= check.cost();
            return CompletableFuture.completedStage(RateLimitDecision.allowed(check, (long) bucket.tokens, time.now()));
        }
        Bandwidth window = check.limit().bandwidths().get(0);
        double missing = (Math.max(1, check.cost()) - bucket.tokens) / perNano(window);
        return CompletableFuture.completedStage(
                RateLimitDecision.rejected(check, Duration.ofNanos((long) missing), time.now()));
    }

    @Override
    public synchronized CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        if (decision.refundable()) {
            Bucket bucket = refilled(decision.check());
            bucket.tokens = Math.min(
                    (double) decision.check().limit().capacity(),
                    bucket.tokens + decision.check().cost());
        }
        return CompletableFuture.completedStage(null);
    }

    synchronized double tokens(RateLimitCheck check) {
        return refilled(check).tokens;
    }

    private Bucket refilled(RateLimitCheck check) {
        Bandwidth window = check.limit().bandwidths().get(0);
        long now = time.nanoTime();
        Bucket bucket =
                buckets.computeIfAbsent(check.policy() + ":" + check.key(), k -> new Bucket(window.capacity(), now));
        bucket.tokens = Math.min((double) window.capacity(), bucket.tokens + (now - bucket.updated) * perNano(window));
        bucket.updated = now;
        return requireNonNull(bucket);
    }

    private static double perNano(Bandwidth window) {
        return window.tokensPerSecond() / 1e9;
    }

    private static final class Bucket {
        private double tokens;
        private long updated;

        private Bucket(double tokens, long updated) {
            this.tokens = tokens;
            this.updated = updated;
        }
    }
}
