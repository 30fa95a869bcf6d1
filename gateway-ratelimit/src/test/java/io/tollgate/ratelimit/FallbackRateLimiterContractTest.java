package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.contract.RateLimiterContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A fallback changes nothing while what it stands in for answers, and comes back when that does. */
class FallbackRateLimiterContractTest extends RateLimiterContract {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter buckets = time.limiter();
    private volatile boolean broken;
    private final List<RateLimiter> instances =
            Stream.generate(this::instance).limit(5).toList();

    private RateLimiter instance() {
        RateLimiter shared =
                check -> broken ? CompletableFuture.failedStage(Outages.of("away")) : buckets.decide(check);
        return FallbackRateLimiter.of(shared)
                .local(time.limiter())
                .probeInterval(Duration.ofMillis(1))
                .build();
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
    protected boolean breakStore() {
        broken = true;
        return true;
    }

    @Override
    protected void repairStore() {
        broken = false;
    }
}
