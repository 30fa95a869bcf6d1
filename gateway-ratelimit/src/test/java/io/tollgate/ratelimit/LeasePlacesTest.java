package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The places of the keys that are watched, of which there are 1,024. */
class LeasePlacesTest extends LeasedKey {
    @Test
    void watchesAThousandKeysAndNoMore() {
        LeasingRateLimiter eager = limiter(1);

        for (int i = 0; i < 20_000; i++) {
            ask(eager, check("user:" + i, 100));
        }

        assertThat(eager.leases()).isEqualTo(1_024);
    }

    @Test
    void spreadsKeysOverItsPlaces() {
        LeasingRateLimiter eager = limiter(1);

        for (int i = 0; i < 1_024; i++) {
            ask(eager, check("user:" + (1_000 + i), 100));
        }

        // By chance, 647 of as many places would be taken.
        assertThat(eager.leases()).isGreaterThan(600);
    }

    @Test
    void keepsThePlaceOfAKeyForASecondAfterItsLastRequest() {
        LeasingRateLimiter eager = limiter(1);
        ask(eager, CHECK);
        RateLimitCheck other = sharingThePlace();

        time.advance(Duration.ofSeconds(1));
        ask(eager, other);
        assertThat(eager.leases()).isEqualTo(1);
        time.advance(NANO);
        ask(eager, other);

        assertThat(eager.leases()).isEqualTo(2);
    }

    @Test
    void keepsThePlaceOfAKeyUntilItsLeaseEnds() {
        LeasingRateLimiter eager = LeasingRateLimiter.builder(shared)
                .hotPerSecond(1)
                .duration(Duration.ofSeconds(3))
                .time(time)
                .build();
        ask(eager, CHECK);
        RateLimitCheck other = sharingThePlace();

        time.advance(Duration.ofSeconds(3).minus(NANO));
        ask(eager, other);
        assertThat(eager.leases()).isEqualTo(1);
        time.advance(NANO);
        ask(eager, other);

        assertThat(eager.leases()).isEqualTo(2);
    }

    @Test
    void keepsThePlaceOfAKeyWhoseLeaseIsBeingAskedFor() {
        LeasingRateLimiter eager = limiter(1);
        CompletableFuture<RateLimitDecision> slow = shared.hold();
        eager.decide(CHECK);
        RateLimitCheck other = sharingThePlace();
        time.advance(Duration.ofMinutes(1));

        ask(eager, other);

        assertThat(eager.leases()).isZero();
        slow.complete(shared.buckets.decideNow(CHECK.withCost(10)));
        assertThat(ask(eager, CHECK).source()).isEqualTo(Source.LEASE);
    }

    @Test
    void givesThePlaceOfAKeyThatNeverWasHotToAnother() {
        LeasingRateLimiter twice = limiter(2);
        ask(twice, CHECK);
        RateLimitCheck other = sharingThePlace();
        time.advance(Duration.ofSeconds(1).plus(NANO));

        ask(twice, other);
        ask(twice, other);

        assertThat(ask(twice, other).source()).isEqualTo(Source.LEASE);
    }

    @Test
    void givesNoTokensToTheLeaseOfAnotherKeyInThePlaceOfTheirOwn() {
        LeasingRateLimiter eager = limiter(1);
        ask(eager, CHECK);
        RateLimitDecision leased = ask(eager, CHECK);
        RateLimitCheck other = sharingThePlace();
        time.advance(Duration.ofSeconds(1).plus(NANO));
        ask(eager, other);

        assertThat(eager.refund(leased).toCompletableFuture()).isCompletedExceptionally();
        assertThat(eager.lostRefunds()).isEqualTo(1);
    }

    /** Returns the check of a key that gets no lease while the key of {@link #CHECK} has its place. */
    private static RateLimitCheck sharingThePlace() {
        for (int i = 0; i < 100_000; i++) {
            RateLimitCheck other = check("other" + i, 100);
            VirtualTime still = new VirtualTime();
            LeasingRateLimiter fresh = LeasingRateLimiter.builder(Limiters.local(still, 2))
                    .hotPerSecond(1)
                    .time(still)
                    .build();
            ask(fresh, CHECK);
            ask(fresh, other);
            if (fresh.leases() == 1) {
                return other;
            }
        }
        throw new AssertionError("no key found that shares the place of another");
    }
}
