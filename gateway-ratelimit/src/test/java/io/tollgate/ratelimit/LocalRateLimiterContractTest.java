package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.contract.RateLimiterContract;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

class LocalRateLimiterContractTest extends RateLimiterContract {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter limiter = time.limiter();

    @Override
    protected RateLimiter limiter() {
        return limiter;
    }

    @Override
    protected List<RateLimiter> limiters(int count) {
        return Collections.nCopies(count, limiter);
    }

    @Override
    protected void advance(Duration by) {
        time.advance(by);
    }
}
