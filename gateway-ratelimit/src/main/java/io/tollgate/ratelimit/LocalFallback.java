package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What one instance decides by itself. */
final class LocalFallback {
    private static final int MAX_LIMITS = 1_000;

    private final LocalRateLimiter local;
    private final int replicas;
    private final Clock clock;
    private final long retryNanos;
    private final ConcurrentMap<RateLimit, RateLimit> shares = new ConcurrentHashMap<>();

    LocalFallback(LocalRateLimiter local, int replicas, Clock clock, Duration retry) {
        this.local = local;
        this.replicas = replicas;
        this.clock = clock;
        this.retryNanos = retry.toNanos();
    }

    RateLimitDecision decide(RateLimitCheck check) {
        return switch (check.onOutage()) {
            case LOCAL -> local.decide(shareOf(check), check, RateLimitDecision.Source.FALLBACK);
            case ALLOW -> fixed(check, true);
            case DENY -> fixed(check, false);
        };
    }

    /** Nothing is known of the bucket: allowed it is told full, denied it is told empty until the next probe. */
    private RateLimitDecision fixed(RateLimitCheck check, boolean allowed) {
        Bandwidth bandwidth = check.limit().bandwidths().get(0);
        Instant now = clock.instant();
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

    private RateLimitCheck shareOf(RateLimitCheck check) {
        if (replicas == 1) {
            return check;
        }
        RateLimit share = share(check.limit());
        return new RateLimitCheck(
                check.policy(),
                check.key(),
                share,
                Math.min(check.cost(), share.capacity()),
                check.shadow(),
                check.onOutage());
    }

    private RateLimit share(RateLimit limit) {
        RateLimit known = shares.get(limit);
        if (known != null) {
            return known;
        }
        if (shares.size() >= MAX_LIMITS) {
            shares.clear();
        }
        RateLimit share =
                new RateLimit(limit.bandwidths().stream().map(this::share).toList());
        shares.put(limit, share);
        return share;
    }

    private Bandwidth share(Bandwidth whole) {
        // The refill is rounded up, by less than a millionth of a token a period, so that a share never fills more
        // slowly.
        return new Bandwidth(
                Math.max(1, whole.capacity() / replicas),
                (whole.refillMicros() + replicas - 1) / replicas,
                whole.period(),
                whole.refill());
    }
}
