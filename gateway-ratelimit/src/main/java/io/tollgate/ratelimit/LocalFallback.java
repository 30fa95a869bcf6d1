package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.time.Duration;
import java.time.Instant;

/** What one instance decides by itself. */
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

    /** Gives back what a decision took that was made here; its check is the one that was asked. */
    void giveBack(RateLimitCheck check) {
        local.giveBack(share.of(check));
    }

    /** Nothing is known of the bucket: allowed it is told full, denied it is told empty until the next probe. */
    private RateLimitDecision fixed(RateLimitCheck check, boolean allowed) {
        Bandwidth bandwidth = check.limit().bandwidths().get(0);
        Instant now = time.now();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        long wait = allowed ? 0 : retryNanos;
        return new RateLimitDecision(
                check,
                bandwidth,
                allowed,
                allowed ? bandwidth.capacity() : 0,
                micros,
                wait,
                wait,
                wait,
                RateLimitDecision.Source.ASSUMED);
    }
}
