package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.time.Duration;

/** Decides for one instance during an outage. */
final class LocalFallback {
    private final LocalRateLimiter local;
    private final Share share;
    private final TimeSource time;
    private final long retryNanos;

    LocalFallback(LocalRateLimiter local, int replicas, TimeSource time, Duration retry) {
        this.local = local;
        this.share = new Share(replicas);
        this.time = time;
        this.retryNanos = retry.toNanos();
    }

    RateLimitDecision decide(RateLimitCheck check) {
        return switch (check.onOutage()) {
            case LOCAL -> local.decide(share.of(check), check, RateLimitDecision.Source.FALLBACK);
            case ALLOW -> fixed(check, true);
            case DENY -> fixed(check, false);
        };
    }

    /**
     * Gives back the tokens of a decision that was made here. {@code check} is the one of the caller, not its share.
     */
    void giveBack(RateLimitCheck check) {
        local.giveBack(share.of(check));
    }

    /**
     * Returns a decision without a bucket: allowed, it reports a full bucket; rejected, an empty one until the next
     * probe.
     */
    private RateLimitDecision fixed(RateLimitCheck check, boolean allowed) {
        Bandwidth bandwidth = check.limit().bandwidths().get(0);
        long wait = allowed ? 0 : retryNanos;
        return new RateLimitDecision(
                check,
                bandwidth,
                allowed,
                allowed ? bandwidth.capacity() : 0,
                Time.epochMicros(time.now()),
                wait,
                wait,
                wait,
                RateLimitDecision.Source.ASSUMED);
    }
}
