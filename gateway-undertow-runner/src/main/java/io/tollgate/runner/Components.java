package io.tollgate.runner;

import io.tollgate.grpc.BreakerState;
import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.Upstream;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.runner.auth.KeyState;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** The components of a gateway, and their conditions. */
final class Components {
    private Components() {}

    /**
     * Adds those of a gateway whose parts have all been made.
     *
     * @param ownTokens whether tokens are verified as the configuration describes
     * @param ownLimiter whether limits are decided as the configuration describes
     */
    static void add(OperatorPages.Builder pages, Parts parts, boolean ownTokens, boolean ownLimiter) {
        pages.component(
                "keys",
                ComponentKind.KEYS,
                ownTokens
                        ? () -> keys(parts.tokens().keys())
                        : () -> Condition.ok("tokens are verified by a part given in code"));
        for (Upstream upstream : parts.upstreams()) {
            pages.component(upstream.name(), ComponentKind.UPSTREAM, () -> upstream(upstream));
        }
        pages.component("rate-limiter", ComponentKind.LIMITER, ownLimiter ? limiter(parts) : Components::foreign);
        parts.redis().ifPresent(redis -> pages.component("redis", ComponentKind.REDIS, () -> redis(redis)));
    }

    static Condition keys(KeyState keys) {
        OptionalInt published = keys.published();
        if (published.isEmpty()) {
            return keys.own() > 0
                    ? Condition.ok(count(keys.own()))
                    : Condition.down("no key is left to verify tokens with: all have retired");
        }
        if (published.getAsInt() > 0) {
            return Condition.ok(count(keys.own() + published.getAsInt()) + ", with those of jwt.jwks_url");
        }
        String reason = "the keys of jwt.jwks_url are not there";
        return keys.own() > 0
                ? Condition.degraded(reason + "; " + count(keys.own()) + " of the configuration")
                : Condition.down(reason + ", and there is no other");
    }

    private static String count(int keys) {
        return keys == 1 ? "1 key" : keys + " keys";
    }

    private static Condition upstream(Upstream upstream) {
        Connectivity connectivity = upstream.connectivity();
        if (connectivity == Connectivity.IDLE) {
            // Whether somebody is there is only known by trying; a connection that was lost is not missed otherwise.
            upstream.connect();
        }
        return upstream(connectivity, upstream.breakerState());
    }

    /**
     * A breaker that is open does not make a service that can be reached {@code down}: only requests can close it, and none
     * would come.
     */
    static Condition upstream(Connectivity connectivity, BreakerState breaker) {
        Condition connection = switch (connectivity) {
            case READY -> Condition.ok("connected");
            case IDLE -> Condition.ok("no connection at the moment, the next call makes one");
            case CONNECTING -> Condition.degraded("connecting");
            case TRANSIENT_FAILURE -> Condition.down("cannot be reached");
            case SHUTDOWN -> Condition.down("closed");
        };
        String calls = switch (breaker) {
            case OPEN -> "; calls are refused, the circuit breaker is open";
            case HALF_OPEN -> "; the circuit breaker lets a few calls through to see";
            case CLOSED, OFF -> "";
        };
        boolean asConnected = calls.isEmpty() || connection.status() == Condition.Status.DOWN;
        return new Condition(
                asConnected ? connection.status() : Condition.Status.DEGRADED,
                connection.detail() + calls,
                Map.of("connectivity", connectivity.name(), "breaker", breaker.name()));
    }

    private static Supplier<Condition> limiter(Parts parts) {
        return parts.fallback()
                .<Supplier<Condition>>map(f -> () -> limiter(f.state()))
                .orElse(() -> Condition.ok("decides in this process alone").with("mode", "local"));
    }

    static Condition limiter(FallbackRateLimiter.State state) {
        Condition condition = state == FallbackRateLimiter.State.SHARED
                ? Condition.ok("decides in Redis, with all gateways")
                : Condition.degraded("decides without Redis: each gateway enforces its share");
        return condition.with("mode", state.name().toLowerCase(Locale.ROOT));
    }

    private static Condition foreign() {
        return Condition.ok("limits are decided by a part given in code").with("mode", "custom");
    }

    private static Condition redis(RedisRateLimiter redis) {
        return redis.stats().up()
                ? Condition.ok("connected")
                : Condition.degraded("no connection; rate limits are decided without it");
    }
}
