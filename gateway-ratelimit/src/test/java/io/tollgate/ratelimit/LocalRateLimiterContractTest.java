package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.RateLimiterContract;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;

class LocalRateLimiterContractTest extends RateLimiterContract {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter limiter = Limiters.local(time);

    @Override
    protected RateLimiter limiter() {
        return limiter;
    }

    @Override
    protected void advance(Duration by) {
        time.advance(by);
    }
}
