package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.RateLimiterContract;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Of keys that are not hot there are no leases, and nothing changes. */
class LeasingRateLimiterContractTest extends RateLimiterContract {
    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter buckets = Limiters.local(time);
    private final List<RateLimiter> instances = Stream.<RateLimiter>generate(() -> LeasingRateLimiter.builder(buckets)
                    .hotPerSecond(Integer.MAX_VALUE)
                    .build())
            .limit(5)
            .toList();

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
}
