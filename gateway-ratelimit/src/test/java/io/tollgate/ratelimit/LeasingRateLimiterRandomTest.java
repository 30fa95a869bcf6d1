package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Several instances that lease from the same buckets, in any order. */
class LeasingRateLimiterRandomTest {
    private static final RateLimit LIMIT = RateLimit.of(Bandwidth.of(1_000, 1_000, Duration.ofSeconds(1)));
    private static final Set<CommonError> GUESSES = Set.of(CommonError.UNAUTHENTICATED);

    private final VirtualTime time = new VirtualTime();
    private final LocalRateLimiter buckets = Limiters.local(time);

    @Test
    void admitsNothingBeyondTheLimitJointly() {
        for (int round = 0; round < 20; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            List<LeasingRateLimiter> instances = List.of(limiter(), limiter(), limiter());
            long started = time.nanoTime();
            RateLimitCheck check = RateLimitCheck.of("p", "round" + round, LIMIT);
            long admitted = 0;
            for (int i = 0; i < 10_000; i++) {
                time.advance(Duration.ofNanos(random.nextInt(400_000)));
                RateLimitCheck one = check.withCost(1L + random.nextInt(3));
                if (ask(instances.get(random.nextInt(3)), one).allowed()) {
                    admitted += one.cost();
                }
            }
            double most = 1_000 + (time.nanoTime() - started) / 1e6;
            assertThat((double) admitted).as("seed %d", seed).isBetween(0.99 * most - 40, most);
        }
    }

    @Test
    void admitsNothingBeyondTheLimitJointlyWhileTokensComeBack() {
        for (int round = 0; round < 20; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            List<LeasingRateLimiter> instances = List.of(limiter(), limiter(), limiter());
            long started = time.nanoTime();
            RateLimitCheck check = RateLimitCheck.of("p", "refunds" + round, LIMIT);
            List<List<RateLimitDecision>> held = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            long charged = 0;
            for (int i = 0; i < 10_000; i++) {
                time.advance(Duration.ofNanos(random.nextInt(400_000)));
                int instance = random.nextInt(3);
                List<RateLimitDecision> own = held.get(instance);
                if (random.nextInt(3) == 0 && !own.isEmpty()) {
                    RateLimitDecision back = own.remove(random.nextInt(own.size()));
                    // A lease may end while its tokens are held; what the shared limiter took is never lost.
                    boolean lost = instances
                            .get(instance)
                            .refund(back)
                            .toCompletableFuture()
                            .isCompletedExceptionally();
                    assertThat(lost && back.source() != Source.LEASE)
                            .as("seed %d, step %d", seed, i)
                            .isFalse();
                    charged -= lost ? 0 : back.check().cost();
                } else {
                    RateLimitCheck one = check.withCost(1L + random.nextInt(3));
                    RateLimitDecision decision =
                            ask(instances.get(instance), random.nextBoolean() ? one : one.reservedFor(GUESSES));
                    if (decision.allowed()) {
                        charged += decision.check().cost();
                        own.add(decision);
                    }
                }
                assertThat((double) charged)
                        .as("seed %d, step %d", seed, i)
                        .isLessThanOrEqualTo(1_000 + (time.nanoTime() - started) / 1e6);
            }
        }
    }

    private LeasingRateLimiter limiter() {
        return LeasingRateLimiter.builder(buckets).time(time).build();
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) {
        return limiter.decide(check).toCompletableFuture().join();
    }
}
