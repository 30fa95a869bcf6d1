package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.FallbackRateLimiter.State;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Errors of a shared limiter, thrown rather than delivered in a stage. */
class StoreErrorsTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(1_000_000));

    @Test
    void orOfAListenerLeaveNoProbeBehind() throws Exception {
        VirtualTime time = new VirtualTime();
        LocalRateLimiter store = Limiters.local(time);
        AtomicBoolean broken = new AtomicBoolean(true);
        RateLimiter shared = check -> {
            if (broken.get()) {
                throw new StackOverflowError("of the store");
            }
            return store.decide(check);
        };
        FallbackRateLimiter limiter = FallbackRateLimiter.builder(shared)
                .local(Limiters.local(time))
                .time(time)
                .listener((from, to, reason) -> {
                    throw new IllegalStateException("of a listener");
                })
                .build();
        for (int i = 0; i < 20; i++) {
            assertThat(end(limiter)).contains("source=FALLBACK");
            time.advance(Duration.ofMillis(600));
        }
        assertThat(limiter.state()).isEqualTo(State.FALLBACK);
        broken.set(false);
        end(limiter);
        assertThat(end(limiter)).contains("source=LOCAL");
        assertThat(limiter.state()).isEqualTo(State.SHARED);
    }

    @Test
    void leaveNoKeyWithoutLeases() throws Exception {
        VirtualTime time = new VirtualTime();
        LocalRateLimiter store = Limiters.local(time);
        AtomicBoolean broken = new AtomicBoolean(true);
        List<Long> asked = new CopyOnWriteArrayList<>();
        LeasingRateLimiter limiter = LeasingRateLimiter.builder(check -> {
                    asked.add(check.cost());
                    if (broken.get()) {
                        throw new StackOverflowError("of the store");
                    }
                    return store.decide(check);
                })
                .hotPerSecond(1)
                .time(time)
                .build();
        assertThat(end(limiter)).contains("StackOverflowError");
        assertThat(asked).as("a lease").hasSize(1).allMatch(cost -> cost > 1);
        broken.set(false);
        end(limiter);
        assertThat(asked).as("no other lease at once").endsWith(1L);
        time.advance(Duration.ofSeconds(1));
        end(limiter);
        assertThat(end(limiter)).contains("source=LEASE");
    }

    /** Returns the decision or the failure, as a text. */
    private static String end(RateLimiter limiter) throws Exception {
        CompletionStage<RateLimitDecision> stage;
        try {
            stage = limiter.decide(CHECK);
        } catch (Error e) {
            return e.toString();
        }
        return stage.handle((decision, failure) -> decision == null ? failure.toString() : decision.toString())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }
}
