package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A key of 100 tokens that three requests make hot, and the shared limiter behind its leases, which notes what it is asked. */
abstract class LeasedKey {
    static final Duration NANO = Duration.ofNanos(1);
    static final Duration LEASE = Duration.ofMillis(500);
    static final RateLimit LIMIT = RateLimit.of(Bandwidth.of(100, 1, Duration.ofDays(1)));
    static final RateLimitCheck CHECK = RateLimitCheck.of("p", "hot", LIMIT);

    final VirtualTime time = new VirtualTime();
    final Shared shared = new Shared();
    final LeasingRateLimiter limiter = limiter(3);

    /** Asks until the key is hot; returns the decision that came with the lease. */
    RateLimitDecision heat() {
        return heat(CHECK);
    }

    RateLimitDecision heat(RateLimitCheck check) {
        ask(check);
        ask(check);
        RateLimitDecision leased = ask(check);
        assertThat(leased.source()).isEqualTo(Source.LEASE);
        return leased;
    }

    /** Asks that many times, and returns how often no other part was asked. */
    int spend(int times) {
        int before = shared.costs.size();
        for (int i = 0; i < times; i++) {
            assertThat(ask(CHECK).allowed()).isTrue();
        }
        return times - (shared.costs.size() - before);
    }

    LeasingRateLimiter lasting(Duration duration) {
        return LeasingRateLimiter.builder(shared)
                .hotPerSecond(3)
                .duration(duration)
                .time(time)
                .build();
    }

    LeasingRateLimiter limiter(int hotPerSecond) {
        return LeasingRateLimiter.builder(shared)
                .hotPerSecond(hotPerSecond)
                .time(time)
                .build();
    }

    RateLimitDecision ask(RateLimitCheck check) {
        return ask(limiter, check);
    }

    static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }

    static RateLimitCheck check(String key, long capacity) {
        return RateLimitCheck.of("p", key, RateLimit.of(Bandwidth.of(capacity, 1, Duration.ofDays(1))));
    }

    /** Buckets in this process that note what each request cost, and that can be held. */
    final class Shared implements RateLimiter {
        final LocalRateLimiter buckets = Limiters.local(time);
        final List<Long> costs = new ArrayList<>();
        private final Deque<CompletableFuture<RateLimitDecision>> held = new ArrayDeque<>();

        /** Holds the decision after those that are held already, until the test completes it. */
        CompletableFuture<RateLimitDecision> hold() {
            CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>();
            held.add(decision);
            return decision;
        }

        @Override
        public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
            costs.add(check.cost());
            return held.isEmpty() ? buckets.decide(check) : held.remove();
        }

        @Override
        public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
            return buckets.refund(decision);
        }
    }
}
