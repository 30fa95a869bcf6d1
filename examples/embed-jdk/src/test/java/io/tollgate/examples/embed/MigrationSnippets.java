package io.tollgate.examples.embed;

import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** The code of ours in the pages about migration, which {@link PagesTest} compares with this file. */
@SuppressWarnings("all")
abstract class MigrationSnippets {
    // docs/migrating-from-bucket4j.md
    void limits() {
        Bandwidth perSecond = Bandwidth.of(50, 10, Duration.ofSeconds(1));
        Bandwidth perHour = Bandwidth.of(1_000, 1_000, Duration.ofHours(1)).withRefill(Refill.INTERVAL);
        RateLimit limits = RateLimit.of(perSecond, perHour);
    }

    void consume(String user, RateLimit limit) {
        LocalRateLimiter limiter = LocalRateLimiter.builder().maxKeys(100_000).build();
        RateLimitDecision decision = limiter.decideNow(RateLimitCheck.of("api", "user:" + user, limit));
        if (!decision.allowed()) {
            throw decision.toException();
        }
    }

    void probe(LocalRateLimiter limiter, RateLimitCheck check) {
        RateLimitDecision decision = limiter.decideNow(check.withCost(5));
        long remaining = decision.remaining();
        Duration wait = decision.retryAfter();
    }

    void share(String key, RateLimit limits) {
        SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
                .namespace("shop")
                .replicas(3)
                .build();
        CompletionStage<Boolean> allowed =
                limiter.decide(RateLimitCheck.of("api", key, limits)).thenApply(RateLimitDecision::allowed);
    }

    void guard(RateLimiter limiter, RateLimit limits, GuardListener listener) {
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(Policies.named("api").limit(limits).build()))
                .listener(listener)
                .build();
    }

    void listen(LongAdder rejected) {
        GuardListener listener = new GuardListener() {
            @Override
            public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
                decisions.rejection().ifPresent(rejection -> rejected.increment());
            }
        };
    }

    // docs/migrating-from-spring-cloud-gateway.md
    void selectKeys() {
        KeySelector perPlanAndUser =
                context -> context.principal().map(user -> user.claim("plan").orElse("free") + ":" + user.userId());
        RateLimitPolicy plans = Policies.named("plans")
                .key(perPlanAndUser)
                .limit(RateLimit.of(Bandwidth.of(20, 10, Duration.ofSeconds(1))))
                .build();
    }
}
