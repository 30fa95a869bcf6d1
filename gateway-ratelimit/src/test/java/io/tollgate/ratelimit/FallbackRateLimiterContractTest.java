package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.RateLimiterContract;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A fallback changes nothing while what it stands in for answers, and comes back when that does. */
class FallbackRateLimiterContractTest extends RateLimiterContract {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter buckets = Limiters.local(time);
    private volatile boolean broken;
    private final List<RateLimiter> instances =
            Stream.generate(this::instance).limit(5).toList();

    private RateLimiter instance() {
        return FallbackRateLimiter.builder(new Store())
                .local(Limiters.local(time))
                .probeInterval(Duration.ofMillis(1))
                .build();
    }

    private final class Store implements RateLimiter {
        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            return broken ? CompletableFuture.failedStage(Outages.of("away")) : buckets.decide(check);
        }

        @Override
        public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
            return broken ? CompletableFuture.failedStage(Outages.of("away")) : buckets.refund(decision);
        }
    }

    @Override
    protected RateLimiter limiter() {
        return instances.get(0);
    }

    @Override
    protected List<RateLimiter> limiters(int count) {
        return instances.subList(0, count);
    }

    @Override
    protected void advance(Duration by) {
        time.advance(by);
    }

    @Override
    protected boolean supportsOutages() {
        return true;
    }

    @Override
    protected void breakStore() {
        broken = true;
    }

    @Override
    protected void repairStore() {
        broken = false;
    }
}
