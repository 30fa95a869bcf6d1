package io.tollgate.spring.boot;

import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.RedisStats;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The health of a limiter, for any version of Boot.
 *
 * @param degraded whether it works with restrictions, which is no reason to send requests elsewhere: this process decides
 * @param details values for people
 */
record LimiterHealth(boolean degraded, Map<String, Object> details) {
    /** The status of a limiter that works with restrictions. Boot responds to it as to {@code UP}, and to it alone in a group. */
    static final String DEGRADED = "DEGRADED";

    static LimiterHealth of(RateLimiter limiter) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (!(limiter instanceof SharedRateLimiter shared)) {
            details.put("mode", "local");
            return new LimiterHealth(false, details);
        }
        FallbackRateLimiter.State state = shared.state();
        RedisStats redis = shared.stats();
        details.put("mode", state.name().toLowerCase(Locale.ROOT));
        details.put("redis", redis.up() ? "connected" : "no connection");
        redis.trouble().ifPresent(trouble -> details.put("trouble", trouble));
        return new LimiterHealth(state != FallbackRateLimiter.State.SHARED || !redis.up(), details);
    }
}
